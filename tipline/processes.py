"""The three processes of one machine, as the supervisor runs them."""

import sys
from collections.abc import Callable, Mapping

from tipline.addresses import answers_http, answers_socket, refuse_taken
from tipline.ram import prepare_ram_folder
from tipline.settings import Settings
from tipline.supervisor import Role, StopSignal, Supervisor, Tell, only_one

PUBLIC_BIND = "TIPLINE_PUBLIC_BIND"
ADMIN_BIND = "TIPLINE_ADMIN_BIND"


def roles(settings: Settings) -> tuple[Role, ...]:
    """Keeper, public site and admin site, each without the address of a database that is not its own."""
    keeper_database = frozenset({"TIPLINE_KEEPER_DATABASE_URL"})
    return (
        Role(
            "keeper",
            _command("keeper"),
            answers_socket(settings.admin_socket),
            frozenset({"TIPLINE_DATABASE_URL"}),
        ),
        Role(
            "public site",
            _command("public"),
            answers_http(settings.public_bind, PUBLIC_BIND, "/"),
            keeper_database,
        ),
        Role(
            "admin site",
            _command("admin"),
            answers_http(settings.admin_bind, ADMIN_BIND, "/sign-in"),
            keeper_database,
        ),
    )


def run_all(
    settings: Settings, environment: Mapping[str, str], tell: Tell, ready: Callable[[], None]
) -> None:
    """Start all three, say so, and keep them running until SIGINT or SIGTERM.

    Raises:
        SupervisorError: one did not start, or this instance runs already.
        BadAddress: an address is taken.
        NotInRam: the folder for what no disk may hold is not in RAM.
    """
    prepare_ram_folder(settings.ram, require_tmpfs=not settings.trial)
    with (
        only_one(settings.ram),
        StopSignal() as stop,
        Supervisor(_of(settings, environment), tell) as supervisor,
    ):
        refuse_taken(settings.public_bind, PUBLIC_BIND)
        refuse_taken(settings.admin_bind, ADMIN_BIND)
        for role in roles(settings):
            tell(f"Starting the {role.name} …")
            supervisor.start(role, stop)
        if not stop.asked:
            ready()
        supervisor.watch(stop)
        tell("Ending all three …")
    tell("All three have ended.")


def _command(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tipline.cli", name)


def _of(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    # The children are told the folders in so many words: they must not depend on where they are started.
    return {**environment, "TIPLINE_DATA": str(settings.data), "TIPLINE_RAM": str(settings.ram)}
