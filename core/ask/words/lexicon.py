"""The words of the field: phrase → what it says. One table, read longest phrase first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from core.ask.words.outside import FORBIDDEN
from core.ask.words.tokens import stems

_MEASURES = {
    "revenue": "revenue|rev|revs|gmv|sales|sale|turnover|takings|dollar sales|sales dollars|sales value|money|"
               "net sales|earnings|earn|earned|make|made|bring in|brought in|take in|took in|dollars|"
               "revenue total|"
               "sales revenue|gross sales|total sales|sales total|income|grossed|gross revenue",
    "units": "units|qty|unit count|movement|units sold|unit sales|unit|sold units|volume|sales volume|quantity sold|quantity|"
             "pieces|"
             "pieces sold|items sold|unit volume|sold items|amount sold|number sold",
    "margin": "margin|gp|mgn|total margin|total profit|profit|gross profit|gross margin|margin dollars|dollar margin|profits|"
              "margin in dollars",
    "margin_rate": "margin rate|profit margin percent|profit margin percentage|profit margin rate|profit margin %|margin percent|margin percentage|percent margin|margin %|gross margin rate|"
                   "profit rate|margin share|percentage margin|profitability|% margin|margin ratio|gm%|gm percent|gross margin percent|gross margin percentage|gross margin %|profit percent|profit percentage|profit share|rate of margin|percentage of margin",
    "average_price": "average price|selling price|average selling price|asp|average unit price|price paid|"
                     "average price paid|mean price|avg price|avg selling price|mean selling price",
    "stockouts": "stockouts|stock outs|stock out|stockout|days out of stock|out of stock days|oos days|"
                 "stockout days|stock out days|oos|empty days|days empty|stock outages|out of stock occurrences|out of stock events|times out of stock",
    "products_sold": "products sold|different products sold|distinct products sold|number of products sold",
    "facings": "facings|facing|fronts",
    "positions": "positions|position|number of positions",
    "products": "products on the shelf|products on shelf|assortment|assortment size|range|variety|"
                "distinct products|different products|different items|products stocked|products on the shelves|sku count",
    "shelf_feet": "shelf feet|linear footage|footage|shelf footage|linear foot|linear feet|feet of shelf|feet|shelf space|shelf length|feet of shelf space|"
                  "linear feet of shelf|running feet|foot of shelf space",
    "space": "space|shelf",
    "capacity": "capacity|capacities|max capacity|maximum capacity|room|room for units",
    "stock": "stock on hand|units of stock|units of inventory|units in inventory|soh|inventories|current stock|stock levels|inventory level|inventory levels|inventory|on hand|stock level|units on hand|units in stock|stock|stock now|"
             "on hand units",
    "par": "par|pars|par level|par levels|par stock|target stock",
    "shelf_price": "shelf price|price on the shelf|price on shelf|shelf prices|price tag|"
                   "price at the shelf",
    "days_of_supply": "days of supply|supply in days|coverage in days|days of supplies|days supply|day supply|supply days|days of stock|days of cover|"
                      "days of inventory|dos|days cover|days of coverage|stock cover",
    "list_price": "list price|price list|price|priced|charge for|retail price|pricing|base price|standard price|normal price|catalog price|catalogue price|regular price|prices|list prices|"
                  "average list price",
    "cost": "cost|cost us|cost of goods|cogs|unit costs|unit cost|purchase price|cost price|buying price|wholesale price|costs|"
            "average cost",
    "unit_margin": "unit margin|margin per unit|margin a unit|profit per unit|profit a unit|margin each|"
                   "margin per product|margin per piece",
    "shelf_life": "shelf life|shelf lives|days of shelf life",
    "compliance": "compliance|compliance percentage|average compliance|audit compliance|compliance score|compliance rate|planogram compliance|audit score|"
                  "audit scores|compliant",
    "availability": "availability|on shelf availability|osa|shelf availability",
    "violations": "violations|findings|violation|finding|audit findings|audit violations|problems found",
    "audits": "audits|photo audits|audit|shelf audits",
    "velocity": "velocity|rate of sale|sales velocity|selling rate|units a day|sell rate|ros",
}
_THINGS = {
    "product": "product|prod|item|stock keeping unit|sku|article|good|thing to sell",
    "brand": "brand|make of product|label",
    "category": "category|cat|product family|kind of product|type of product|product line|product group|product category|product type|segment",
    "place": "place|location|site|point of sale|outlet|spot",
    "store": "store|shop|supermarket",
    "machine": "machine|device|vending unit|vending machine|vendor machine|kiosk|vender",
    "venue": "venue|venue type|type of venue|venue kind|type of location|location type|kind of venue|"
             "site type",
    "kind": "kind of place|kind of location|type of place|place type|place kind",
    "planogram": "planogram|plan|layout|pog|plano|shelf plan|shelf layout",
    "project": "project",
    "plan_season": "plan season|season of the plan|season of plan|planogram season|season of the planogram",
    "status": "status|status of the planogram|status of the plan|status of planogram|plan status|planogram status",
    "zone": "zone|zone of the fixture|temperature zone|section",
    "shape": "shape|fixture shape|shape of fixture|type of fixture|fixture type|fixture",
    "temperature": "temperature|temperature class|product temperature",
    "row": "row|shelf row|shelf level",
    "slot": "slot|spiral|coil",
    "weekday": "weekday|week day|dow|day of the week|day of week|days of the week",
    "season": "season|time of year",
    "day": "day|date", "week": "week|wk", "month": "month|mth|mo", "quarter": "quarter|qtr",
    "year": "year|yr",
}
_GRAINS = {
    "day": "daily|day by day|each day|per day trend|by the day", "week": "weekly|week by week|by the week",
    "month": "monthly|month by month|by the month", "quarter": "quarterly|quarter by quarter",
    "year": "yearly|annual|annually|year by year",
}
_SHAPES = {"end cap": "end cap|endcap|gondola end", "L": "l shaped|l shape|corner fixture",
           "half circle": "half circle", "circle": "round fixture|full circle", "straight": "straight|"
                                                                                            "straight run"}
_ZONES = {"frozen": "frozen section|freezer|frozen zone|freezer section|frozen shelf|frozen case|"
                    "freezer case|frozen aisle",
          "refrigerated": "cooler|refrigerated section|cold section|chilled section|fridge|refrigerator|"
                          "refrigerated zone|cooler section|refrigerated shelf|chiller",
          "ambient": "ambient section|ambient zone|ambient shelf|dry section"}
_TEMPERATURES = {"frozen": "frozen", "refrigerated": "refrigerated|cold|chilled", "ambient": "ambient|"
                                                                                             "shelf stable"}
_STATUS = {"draft": "draft|in draft", "prepared": "prepared", "implemented": "implemented|live|in place"}
_FAMILIES = {
    "drinks": "drinks|beverages|drink|beverage", "salty snacks": "salty snacks|salty snack|salties",
    "snacks": "snacks|snack", "sweets": "sweets|confectionery|confections|confectionary", "meals": "meals|"
                                                                                                   "meal",
}
FAMILY_CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "drinks": ("Soft drinks", "Energy drinks", "Water", "Juice", "Iced tea & coffee", "Sports drinks"),
    "salty snacks": ("Potato chips", "Tortilla chips", "Pretzels & crackers", "Popcorn & puffs"),
    "snacks": ("Potato chips", "Tortilla chips", "Pretzels & crackers", "Popcorn & puffs", "Cookies",
               "Nuts & trail mix", "Snack bars", "Pastries", "Beef jerky & meat snacks"),
    "sweets": ("Chocolate bars", "Gummies & candy", "Gum & mints"), "meals": ("Fresh meals", "Frozen meals"),
}
_BEST = {
    "best": "best|highest grossing|top grossing|highest earning|top earning|most valuable|top|highest|most|largest|biggest|greatest|leading|strongest|number one|max|maximum|"
            "most revenue first|winner|star|longest|most often",
    "best_stock": "most stocked|best stocked",
    "best_margin": "most profitable|highest margin earning|biggest earner|most lucrative",
    "worst_margin": "least profitable|least lucrative",
    "best_price": "most expensive|dearest|priciest|costliest|highest priced",
    "worst_price": "cheapest|least expensive|lowest priced|most affordable",
    "best_units": "best selling|best moving|fastest moving|fast moving|quickest selling|moves fastest|moves the most|move the most|sells fastest|sell fastest|sold fastest|in highest demand|most in demand|most wanted|favorite|favourite|most purchased|bestselling|best seller|bestseller|top selling|top seller|sell best|"
                  "sold best|sell the best|"
                  "perform best|performed best|best performing|top performing|best performer|top performer|"
                  "most popular|most sold|sell most|sell the most|sold most|sold the most|fastest selling|"
                  "best sold|most bought|popular|performing best|selling best|selling the most|hottest|"
                  "performs the best|perform the best|hot seller|fast mover|fastest mover",
    "worst": "shortest|worst|lowest|least|smallest|fewest|bottom|poorest|weakest|min|minimum|lowest first",
    "worst_units": "worst selling|least wanted|least purchased|least bought|slowest selling|moves slowest|moves the least|move the least|sells slowest|sell slowest|sells the least|least in demand|laggard|underperformer|worst seller|slowest selling|slow seller|slowest seller|sell worst|"
                   "sold worst|sell least|"
                   "sell the least|sold least|sold the least|least popular|least sold|worst performing|"
                   "perform worst|worst performer|performed worst|performing worst|slow mover|"
                   "slowest mover|"
                   "selling worst|selling least|poorest selling|sell the worst|slow moving|slowest moving",
}
_OTHER: Mapping[str, Mapping[str, str]] = {
    "count": {"count": "how many|total number of|the number of|number of|count of|count|how many different|how many distinct"},
    "there": {"there": "there"},
    "only": {"only": "only|solely|exclusively|nothing but|nothing except"},
    "ask": {"when": "when|on what date|on which date", "which": "what kinds of|what kind of|which kinds of|what types of|which types of|which kind of|"
                     "which|which one|which of|what are the names of", "what": "what|anything|something", "where": "where|"
                    "at which places",
            "much": "how much|how high|how big|how large|how long|how well|how good", "list": "list|"
                                                                                              "name the"},
    "by": {"by": "by|for each of|per each of|for each|in each|at each|on each|of each|each|for every|in every|at every|of every|"
                 "every|across|"
                 "broken down by|split by|grouped by|per each|breakdown by|break down by|split up by|"
                 "divided by|"
                 "separately for|broken out by|breakdown per", "per": "per"},
    "op": {">": "more than|by more than|by over|upwards of|north of|in excess of|beyond|over|above|greater than|higher than|exceeding|bigger than|larger than|>|"
                "exceeds|longer than",
           "<": "less than|by less than|south of|under|below|fewer than|lower than|smaller than|<|shorter than|worse than",
           ">=": "at least|by at least|minimum|and more|and up|and above|or above|or higher|or greater|no less than|no fewer than|or more|minimum of|>=|not less than",
           "..": "between|from|anywhere between|anywhere from|in the range of|ranging from",
           "<=": "at most|maximum|and less|or below|or under|or lower|no more than|up to|or less|or fewer|maximum of|<=|not more than",
           "=": "exactly|equal to|equals|=|just exactly"},
    "rel": {"stands": "have|take up|takes up|taking up|occupy|occupies|got|has|had|carry|carries|carrying|in stock|stocks|stocking|stocked|carried|with|"
                      "contain|contains|"
                      "containing|include|including|hold|holding|hold|on the shelf|on shelf|placed|"
                      "shelved|on display|featuring|"
                      "on the shelves|planned|standing|stand|offer|offering",
            "sold": "sell|sold|move|moved|moving|moves|selling|bought|buy|purchased|purchase|sells",
            "out_of_stock": "out of stock|sold out|ran out|run out|stocked out|ran out of|out|empty|"
                            "run out of|unavailable|"
                            "running out|running out of|ran empty|runs out of|went out of stock|"
                            "go out of stock|"
                            "had a stockout|went empty",
            "audited": "audited|photographed|been audited|photo audited|checked by photo"},
    "not": {"not": "not|wasnt|werent|isnt|arent|havent|hasnt|hadnt|never|no|none|neither|dont|doesnt|didnt|nothing|zero of|cannot",
            "without": "without|lacking|lack|missing out on",
            "except": "except|everything but|all but|anything but|outside of|outside|omitting|ignoring|leave out|exclude|excl|excluding|except for|other than|apart from|leaving out|besides|minus|"
                      "without counting|not counting"},
    "and": {"and": "and|n|plus|as well as|along with|both", "or": "or|either|nor", "but": "but|yet|though"},
    "missing": {"missing": "missing|assortment gaps|assortment gap|gap|missing from|absent|absent from|gaps in the assortment|not carried by|"
                           "missing in|missing on|missing at|lacking from"},
    "share": {"share": "share of|share in|% of total|percent of total|percentage of total|share of total|what part of|part of|contribution|contribution of|share|percent of|percentage of|% of|proportion of|portion of|fraction of|"
                       "percentage|"
                       "percent share|contribution to|part of total|market share"},
    "change": {"up": "up|went up|gone up|going up|biggest gainer|gainer|climb|climbed|jump|jumped|surge|surged|fastest growing|growing fastest|grew fastest|lift|growth|increase|grew|grow|"
                     "grown|gained|gain|"
                     "gaining|rose|rise|risen|growing|"
                     "improved|"
                     "improvement|increased|uplift|improve|up most",
               "down": "down|went down|gone down|going down|biggest loser|loser|shrinking|sank|slipped|slip|dip|dipped|worsened|drop|dropped|decline|declined|decrease|decreased|fell|fallen|falling|lost|losing|"
                       "declining|"
                       "shrink|shrank|shrunk|fall|down most|loss",
               "any": "change|changed|changes|difference|changing|vary|varied"},
    "versus": {"with": "compared with|v|comparing with|as compared to|as against|measured against|in relation to|compared to|versus|vs|against|compare to|compare with|relative to|"
                       "in comparison with|"
                       "compared against|in comparison to|than|compared",
               "compare": "compare|difference between|gap between|side by side|comparison of|comparison|comparing"},
    "before": {"before": "before|the one before|the previous one|the period before|previous period|prior period|the previous period|"
                         "the prior period|"
                         "period before|earlier|the time before|preceding period",
               "year_before": "a year ago|same time a year ago|last year at this time|this time last year|year to year|y o y|versus a year ago|same time previous year|a year prior|same days last year|same month last year|same week last year|same quarter last year|year over year|the same time last year|same time last year|"
                              "year on year|yoy|"
                              "a year earlier|one year ago|the year before|same period last year|"
                              "one year earlier|"
                              "the same period last year|last year same period|"
                              "a year before|"
                              "the previous year's same period|compared with a year ago|"
                              "same dates last year|the same dates last year",
               "before ": "period over period", "each week": "wow|week over week|week on week", "each month": "mom|month over month|month on month", "each quarter": "qoq|quarter over quarter|quarter on quarter",
               "before  ": "week over week|month over month|quarter over quarter"},
    "trend": {"trend": "trend|develop|developed|developing|development|evolve|evolved|trend line|trendline|timeline|over the weeks|progress|progression|performance over time|change over time|changed over time|over time|course of|time series|trends|evolution|develop over time|trending|"
                       "line chart|history of|"
                       "development over time|curve"},
    "per": {"facing": "per facing|a facing|each facing", "position": "per position|per slot|a slot|"
                                                                     "a position",
            "foot": "per foot|a foot|per linear foot|per shelf foot|per foot of shelf|"
                    "per foot of shelf space|per feet|per foot of space|"
                    "a foot of shelf",
            "day": "per day|a day|each day on average|on average per day|on average a day|daily average|"
                   "average daily|per calendar day|"
                   "average per day|a day on average|on an average day"},
    "per_place": {
        "place": "per place on average|a place|average per place|on average per place|average per location|"
                 "average per site|per place|per location|per site",
        "store": "per store on average|average per store|on average per store|a store on average|"
                 "store average|per average store|average store",
        "machine": "per machine on average|average per machine|on average per machine|a machine on average|"
                   "machine average|average machine"},
    "noise": {"": "there is|there are|there were|there was|is there|are there|were there|was there|have there been|has there been|i would like to know|i would like to see|i would like|we would like|would like|id like|would you|"
                  "could you|can you|i need to know|i need to see|i need|we need to know|need to know|looking for|"
                  "curious about|interested in|id love to see|whats the story on|a list of|the list of|list of|"
                  "list out|i wonder|wondering|as of now|as of today|at the moment|at present|for me|if possible|"
                  "if you can|in terms of|measured by|measured in|based on|according to|when it comes to|one more|"
                  "only want|in detail|so far|plot|plot of|draw|visualize|visualise|make it|make that|make this|group|group it|group that|group this|grouped|break it down|break that down|break this down|break them down|split it|split that|break down|breakdown|split|break out|broken out|broken down|split up|drill down"},
    "mean": {"mean": "average|avg|mean|on average|typical|averaged"},
    "order": {"name": "alphabetically|by name|in alphabetical order|sorted by name"},
    "whole": {"all": "all|across all|over all|across the whole|grand total|total of|whole|entire|total|overall|altogether|in total|everything|full|complete|"
                     "combined|everywhere|anywhere|in all|every single"},
}
_STOP = """
a an the of in at on for from to into is are was were be been being do did does our my your we i you he she
me us show give tell please can could get got find see want know it its their they them having
that this these those as any some now currently right so just also too then well much many current
go goes going went had have has s t let lets look give display pull fetch hey hi hello thanks thank ok okay
kindly during within through throughout company figures figure data numbers amount value values report reports
overview results result while own come comes came say actually really again still question about is ones rank
ranked ranking rankings sort sorted order ordered descending sorting table chart graph lists listing listings
standing everyone please often how same found happened happen occurred presently im am ill id pls plz thx gimme
wanna tell whats hows theres quick quickly summary summarize details simply basically lately recently
charted moment ours yours itself themselves such whose instead
"""
@cache
def lexicon() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Singular words of a phrase → (kind, value). The first that names a phrase holds."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    groups: list[tuple[str, Mapping[str, str]]] = [
        ("thing", _THINGS), ("measure", _MEASURES), ("grain", _GRAINS), ("shape", _SHAPES), ("zone", _ZONES),
        ("temperature", _TEMPERATURES), ("status", _STATUS), ("family", _FAMILIES), ("best", _BEST),
        *_OTHER.items(), ("forbidden", FORBIDDEN),
    ]
    for kind, table in groups:
        for value, phrases in table.items():
            for phrase in phrases.split("|"):
                key = stems(phrase)
                if key:
                    found.setdefault(key, (kind, value.strip()))
    return found


@cache
def fillers() -> frozenset[str]:
    """Words that say nothing of their own."""
    words = frozenset(_STOP.split())
    return words | {stem for w in words for stem in stems(w)}


@cache
def known_words() -> frozenset[str]:
    """Every single word of the field, for spelling."""
    return frozenset(w for key in lexicon() for w in key if w.isalpha())


LONGEST = 7
