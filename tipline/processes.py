"""The processes of one machine, as the supervisor runs them: three, and one more for an onion service."""

import sys
from collections.abc import Callable, Mapping

from tipline.addresses import answers_http, answers_socket, refuse_taken
from tipline.ram import prepare_ram_folder
from tipline.settings import Settings
from tipline.supervisor import Chore, Role, StopSignal, Supervisor, Tell, only_one

PUBLIC_BIND = "TIPLINE_PUBLIC_BIND"
ADMIN_BIND = "TIPLINE_ADMIN_BIND"
ONION_BIND = "TIPLINE_ONION_BIND"
ONION_SITE = "public site behind the onion service"


CLOCKS_SECONDS = 3600.0


def chores() -> tuple[Chore, ...]:
    """The look at the deadlines, so that what is missed escalates by itself wherever the program runs."""
    without = frozenset({"TIPLINE_KEEPER_DATABASE_URL"})
    return (Chore("The look at the deadlines", _command("clocks"), CLOCKS_SECONDS, without),)


def roles(settings: Settings) -> tuple[Role, ...]:
    """Keeper, public site and admin site, each without the address of a database that is not its own.

    For an onion service the public site runs a second time: whoever connects there says in a line of
    its own whom it speaks for, which nobody may say elsewhere, and a flood there holds no thread here.
    """
    return (
        Role(
            "keeper",
            _command("keeper"),
            answers_socket(settings.admin_socket),
            frozenset({"TIPLINE_DATABASE_URL"}),
        ),
        _site("public site", _command("public"), settings.public_bind, PUBLIC_BIND, "/"),
        *(
            [_site(ONION_SITE, _command("public", "--onion"), settings.onion_bind, ONION_BIND, "/")]
            if settings.onion_bind
            else []
        ),
        _site("admin site", _command("admin"), settings.admin_bind, ADMIN_BIND, "/sign-in"),
    )


def run_all(
    settings: Settings, environment: Mapping[str, str], tell: Tell, ready: Callable[[], None]
) -> None:
    """Start all of them, say so, and keep them running until SIGINT or SIGTERM.

    Raises:
        SupervisorError: one did not start, or this instance runs already.
        BadAddress: an address is taken.
        NotInRam: the folder for what no disk may hold is not in RAM.
    """
    prepare_ram_folder(settings.ram, require_tmpfs=not settings.trial)
    with (
        only_one(settings.ram),
        StopSignal() as stop,
        Supervisor(_of(settings, environment), tell, chores()) as supervisor,
    ):
        refuse_taken(settings.public_bind, PUBLIC_BIND)
        refuse_taken(settings.admin_bind, ADMIN_BIND)
        if settings.onion_bind:
            refuse_taken(settings.onion_bind, ONION_BIND)
        for role in roles(settings):
            tell(f"Starting the {role.name} …")
            supervisor.start(role, stop)
        if not stop.asked:
            ready()
        supervisor.watch(stop)
        tell("Ending all of them …")
    tell("All have ended.")


def _site(name: str, command: tuple[str, ...], bind: str, variable: str, page: str) -> Role:
    return Role(name, command, answers_http(bind, variable, page), frozenset({"TIPLINE_KEEPER_DATABASE_URL"}))


def _command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tipline.cli", *words)


def _of(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    # The children are told the folders in so many words: they must not depend on where they are started.
    return {**environment, "TIPLINE_DATA": str(settings.data), "TIPLINE_RAM": str(settings.ram)}
