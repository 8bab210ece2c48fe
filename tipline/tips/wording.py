"""What the choices of a tip are called. English here; other languages come from the catalogues."""

from collections.abc import Mapping

from tipline.tips.categories import Category, Official
from tipline.words import mark

CATEGORY_WORDS: Mapping[Category, str] = {
    Category.NOT_SURE: mark("I am not sure"),
    Category.GRASSROOTS_POWER: mark("Seizing village power, rigging elections, looting collective property"),
    Category.VILLAGE_TYRANTS: mark("Village tyrants, clan power"),
    Category.FORCED_CONTRACTS: mark("Forced contracts, bid rigging, land grabs, illegal mining"),
    Category.MARKET_BULLIES: mark("Market and industry bullies, protection money"),
    Category.VICE: mark("Prostitution, gambling, drugs"),
    Category.USURY: mark("Usury, violent debt collection, trap loans"),
    Category.ENFORCERS: mark("Enforcers for hire"),
    Category.ONLINE_MOBS: mark("Online mobs, online extortion"),
    Category.FOREIGN_GANGS: mark("Gangs from abroad"),
    Category.UMBRELLA: mark("Officials who protect gangs"),
    Category.INDUSTRY_DISORDER: mark("Disorder in an industry"),
    Category.RETALIATION: mark("Retaliation against somebody who reported"),
    Category.OTHER: mark("Something else"),
}

OFFICIAL_WORDS: Mapping[Official, str] = {
    Official.YES: mark("Yes"),
    Official.NO: mark("No"),
    Official.UNSURE: mark("I do not know"),
}
