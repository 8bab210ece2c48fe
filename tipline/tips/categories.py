"""What a tip may be about, and how it may come: the official categories that a deployment offers."""

from enum import StrEnum


class Category(StrEnum):
    """The categories of the campaign; two more official ones are outside our purpose and stay off."""

    NOT_SURE = ""
    GRASSROOTS_POWER = "grassroots-power"
    VILLAGE_TYRANTS = "village-tyrants"
    FORCED_CONTRACTS = "forced-contracts"
    MARKET_BULLIES = "market-bullies"
    VICE = "vice"
    USURY = "usury"
    ENFORCERS = "enforcers"
    ONLINE_MOBS = "online-mobs"
    FOREIGN_GANGS = "foreign-gangs"
    UMBRELLA = "umbrella"
    INDUSTRY_DISORDER = "industry-disorder"
    RETALIATION = "retaliation"
    OTHER = "other"


class Official(StrEnum):
    """Is an official, a police officer or a village cadre involved?"""

    NOT_SAID = ""
    NO = "no"
    YES = "yes"
    UNSURE = "unsure"


class Urgency(StrEnum):
    """Is somebody in danger now?"""

    NORMAL = "normal"
    DANGER = "danger"


class Channel(StrEnum):
    """How a tip came that a member of staff types in."""

    LETTER = "letter"
    PHONE = "phone"
    WALK_IN = "walk-in"
    OTHER = "other"
