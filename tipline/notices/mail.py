"""A notice by mail: the same bytes for everybody, and nothing of this machine in them."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from crypto.randomness import random_bytes
from tipline.notices.errors import MailNotSent, SentToSome
from tipline.notices.settings import MailSettings, Security
from tipline.notices.wording import SUBJECT, TEXT

SECONDS = 20.0
"""How long the server may be silent, at each step."""


def send_mail(settings: MailSettings, at: datetime, tls: ssl.SSLContext, seconds: float = SECONDS) -> None:
    """Send the notice of an hour to all addresses at once.

    Raises:
        MailNotSent: it went to nobody.
        SentToSome: the server refused some of the addresses.
    """
    message = notice_mail(settings.sender, at)
    try:
        with _connected(settings, tls, seconds) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            refused = server.sendmail(settings.sender, settings.to, message)
    except smtplib.SMTPAuthenticationError:
        raise MailNotSent("The mail server does not take this name and password.") from None
    except smtplib.SMTPRecipientsRefused:
        raise MailNotSent("The mail server takes none of the addresses.") from None
    except smtplib.SMTPServerDisconnected:
        raise MailNotSent("The mail server does not answer.") from None
    except smtplib.SMTPException as error:
        raise MailNotSent(f"The mail server refused ({type(error).__name__}).") from None
    except ssl.SSLError:
        raise MailNotSent("The mail server's certificate or encryption is not good.") from None
    except OSError:
        raise MailNotSent("The mail server does not answer.") from None
    if refused:
        raise SentToSome(
            f"The mail server took the notice, but not for {len(refused)} of {len(settings.to)} addresses."
        )


def notice_mail(sender: str, at: datetime) -> bytes:
    """The mail of an hour; only its date and a random number tell it from another's.

    The date is the hour itself, so that it does not say when it went, and the
    number is ours: a library's would hold the process and the machine.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = "undisclosed-recipients:;"
    message["Subject"] = SUBJECT
    message["Date"] = at
    message["Message-ID"] = f"<{random_bytes(16).hex()}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by a machine comes back
    message.set_content(TEXT, cte="base64")
    return message.as_bytes()


def _connected(settings: MailSettings, tls: ssl.SSLContext, seconds: float) -> smtplib.SMTP:
    # Named after the sender's domain: left to itself, smtplib says the name of this machine.
    if settings.security is Security.TLS:
        return smtplib.SMTP_SSL(
            settings.host, settings.port, local_hostname=settings.domain, timeout=seconds, context=tls
        )
    server = smtplib.SMTP(settings.host, settings.port, local_hostname=settings.domain, timeout=seconds)
    if settings.security is Security.STARTTLS:
        try:
            server.starttls(context=tls)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
    return server
