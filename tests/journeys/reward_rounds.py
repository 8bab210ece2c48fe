"""The round through rewards: a site of its own whose mint answers as the round needs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from werkzeug.serving import WSGIRequestHandler, make_server

from crypto.keys import Identity
from tests.journeys.walker import Walker
from tests.public.instance import Instance, make_instance
from tests.public.rewarding import AWAY, REDEEM, REWARD, Mint, Rewarded, minting, refusal, with_rewards
from tipline.rewards.records import Told

DAY: Final = 86_400
BY_NAME: Final = f"{REWARD}/name"
NAME_IT: Final = "form[action*='/notice/name'] button"
COLLECT: Final = "#collect"
SHOW: Final = "form[action*='/notice/vouchers'] button"


@dataclass(frozen=True)
class RewardSite:
    """A served site, its instance, and the mint behind it."""

    public: str
    instance: Instance
    mint: Mint


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def reward_site(folder: Path) -> Iterator[RewardSite]:
    """Serve a site with keys, points and a mint."""
    instance = make_instance(folder, proxies=1)
    for desk in ("custodians", "payments"):
        instance.desks[desk] = Identity.generate()
    with_rewards(instance)
    with minting(instance) as mint:
        server = make_server("127.0.0.1", 0, instance.app, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield RewardSite(f"http://127.0.0.1:{server.server_port}", instance, mint)
        server.shutdown()
        thread.join()
        server.server_close()
    instance.close()


def rewards(walker: Walker, site: RewardSite) -> None:
    """From the grant to the pickup code, with what is wrong on each page, and an award that has ended."""
    rewarded = Rewarded(site.instance)
    rewarded.told(amount=12_500)
    _sign_in(walker, rewarded)
    walker.look("reward, a new message")
    walker.look_at("reward, told among the messages", "/mailbox/messages")
    walker.look_at("reward, it waits and the mailbox is given up", "/mailbox/close")
    walker.look_at("reward, granted", REWARD)
    site.mint.answers["mint"] = refusal("not-allowed")
    walker.press("reward, refused", COLLECT)
    site.mint.answers.clear()
    walker.press("reward, collected", COLLECT)
    walker.press("reward, vouchers to carry", SHOW)
    voucher = walker.page.locator("p.carried >> nth=0").inner_text()
    walker.look_at("reward, vouchers and the mailbox is given up", "/mailbox/close")
    walker.look_at("fetching, a mailbox is open", REDEEM)
    _fetching(walker, site, rewarded.code, voucher)
    rewarded.told(state=Told.EXPIRED, award=50, since=60)
    _sign_in(walker, rewarded)
    walker.look_at("reward, ended", REWARD)
    _by_name(walker, site)


def _by_name(walker: Walker, site: RewardSite) -> None:
    other = Rewarded(site.instance)
    other.told(amount=500)
    _sign_in(walker, other)
    walker.look_at("paid by name, the form", BY_NAME)
    walker.press("paid by name, nothing filled in", NAME_IT)
    walker.page.locator("#name").fill("Li Na")
    walker.page.locator("#contact").fill("County bank, account 4455")
    for name, answer in (("nobody may open it", refusal("award-expired")), ("perhaps not asked for", AWAY)):
        site.mint.answers["mint"] = answer
        walker.press(f"paid by name, {name}", NAME_IT)
    site.mint.answers.clear()
    walker.press("paid by name, it is kept", NAME_IT)
    walker.look_at("reward, to be paid by name", REWARD)
    walker.go(BY_NAME)
    walker.page.locator("#name").fill("Li Na")
    walker.page.locator("#contact").fill("At the mill, on Sunday")
    walker.window.press(NAME_IT)
    walker.look_at("reward, another payee was sent", REWARD)
    other.told(amount=500, state=Told.SETTLED, since=70)
    walker.look_at("reward, paid by name", REWARD)


def _fetching(walker: Walker, site: RewardSite, code: str, voucher: str) -> None:
    walker.be_somebody_else()
    walker.go(REDEEM)
    walker.press("fetching, nothing typed")
    walker.page.locator("#code").fill(f"000000 {code[7:]}")
    walker.press("fetching, a mistyped group")
    walker.page.locator("#code").fill("")
    walker.page.locator("#voucher").fill(voucher[:200])
    walker.press("fetching, a voucher that was cut")
    walker.page.locator("#voucher").fill(voucher)
    walker.press("fetching, a carried voucher")
    walker.go(REDEEM)
    walker.page.locator("#code").fill(code)
    walker.press("fetching, on the day of collecting")
    site.instance.clock.advance(DAY)
    walker.press("fetching, the page of another day")
    walker.press("fetching, voucher and place")
    walker.press("fetching, nothing chosen")
    walker.page.locator("#choice-1").check()
    walker.press("fetching, no place chosen")
    walker.page.locator("#point-far").check()
    site.mint.answers["redeem"] = refusal("crowd-too-small")
    walker.press("fetching, too small a crowd")
    site.mint.answers["redeem"] = {"ok": {"paid": "2026-03-02"}}
    walker.press("fetching, it was paid")
    site.mint.answers.clear()
    walker.press("fetching, pickup code")
    walker.go(REDEEM)
    walker.page.locator("#code").fill(code)
    walker.window.move_on()
    walker.spoil("state")
    walker.press("fetching, open for too long")


def _sign_in(walker: Walker, rewarded: Rewarded) -> None:
    walker.be_somebody_else()
    walker.go("/mailbox")
    walker.page.locator("#code").fill(rewarded.code)
    walker.window.move_on()
