"""The words of the field: phrase → what it says. One table, read longest phrase first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from core.ask.words.tokens import stems

_MEASURES = {
    "revenue": "revenue|sales|sale|turnover|takings|dollar sales|sales dollars|sales value|money|"
               "net sales|earnings|earn|earned|make|made|bring in|brought in|take in|took in|dollars|"
               "revenue total|"
               "sales revenue|gross sales|total sales|sales total|income|grossed|gross revenue",
    "units": "units|units sold|unit sales|unit|sold units|volume|sales volume|quantity sold|quantity|"
             "pieces|"
             "pieces sold|items sold|unit volume|sold items|amount sold|number sold",
    "margin": "margin|profit|gross profit|gross margin|margin dollars|dollar margin|profits|"
              "margin in dollars",
    "margin_rate": "margin rate|margin percent|margin percentage|percent margin|margin %|gross margin rate|"
                   "profit rate|margin share|percentage margin|profitability|% margin|margin ratio",
    "average_price": "average price|selling price|average selling price|asp|average unit price|price paid|"
                     "average price paid|mean price|avg price|avg selling price|mean selling price",
    "stockouts": "stockouts|stock outs|stock out|stockout|days out of stock|out of stock days|oos days|"
                 "stockout days|stock out days|oos|empty days|days empty",
    "products_sold": "products sold|different products sold|distinct products sold|number of products sold",
    "facings": "facings|facing|fronts",
    "positions": "positions|position|number of positions",
    "products": "products on the shelf|products on shelf|assortment|assortment size|range|variety|"
                "distinct products|different products|products on the shelves|sku count",
    "shelf_feet": "shelf feet|linear feet|feet of shelf|feet|shelf space|shelf length|feet of shelf space|"
                  "linear feet of shelf|running feet|foot of shelf space",
    "space": "space|shelf",
    "capacity": "capacity|room for units",
    "stock": "stock on hand|inventory|on hand|stock level|units on hand|units in stock|stock|stock now|"
             "on hand units",
    "par": "par|par level|par levels|par stock|target stock",
    "shelf_price": "shelf price|price on the shelf|price on shelf|shelf prices|price tag|"
                   "price at the shelf",
    "days_of_supply": "days of supply|days supply|day supply|supply days|days of stock|days of cover|"
                      "days of inventory|dos|days cover|days of coverage|stock cover",
    "list_price": "list price|price|catalog price|catalogue price|regular price|prices|list prices|"
                  "average list price",
    "cost": "cost|unit cost|product cost|purchase price|cost price|buying price|wholesale price|costs|"
            "average cost",
    "unit_margin": "unit margin|margin per unit|margin a unit|profit per unit|profit a unit|margin each|"
                   "margin per product|margin per piece",
    "shelf_life": "shelf life|shelf lives|days of shelf life",
    "compliance": "compliance|compliance score|compliance rate|planogram compliance|audit score|"
                  "audit scores|compliant",
    "availability": "availability|on shelf availability|osa|shelf availability",
    "violations": "violations|findings|violation|finding|audit findings|audit violations|problems found",
    "audits": "audits|photo audits|audit|shelf audits",
    "velocity": "velocity|rate of sale|sales velocity|selling rate|units a day|sell rate|ros",
}
_THINGS = {
    "product": "product|item|sku|article|good|thing to sell",
    "brand": "brand|make of product|label",
    "category": "category|product group|product category|product type|segment",
    "place": "place|location|site|point of sale|outlet|spot",
    "store": "store|shop|supermarket",
    "machine": "machine|device|vending machine|vendor machine|kiosk|vender",
    "venue": "venue|venue type|type of venue|venue kind|type of location|location type|kind of venue|"
             "site type",
    "kind": "kind of place|kind of location|type of place|place type|place kind",
    "planogram": "planogram|plan|layout|pog",
    "project": "project",
    "plan_season": "plan season|season of the plan|planogram season|season of the planogram",
    "status": "status|plan status|planogram status",
    "zone": "zone|temperature zone|section",
    "shape": "shape|fixture shape|shape of fixture|type of fixture|fixture type|fixture",
    "temperature": "temperature|temperature class|product temperature",
    "row": "row|shelf row|shelf level",
    "slot": "slot|spiral|coil",
    "weekday": "weekday|day of the week|day of week|days of the week",
    "season": "season|time of year",
    "day": "day|date", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
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
    "best": "best|top|highest|most|largest|biggest|greatest|leading|strongest|number one|max|maximum|"
            "most revenue first|winner|star|longest|most often",
    "best_price": "most expensive|dearest|priciest|costliest|highest priced",
    "worst_price": "cheapest|least expensive|lowest priced|most affordable",
    "best_units": "best selling|bestselling|best seller|bestseller|top selling|top seller|sell best|"
                  "sold best|sell the best|"
                  "perform best|performed best|best performing|top performing|best performer|top performer|"
                  "most popular|most sold|sell most|sell the most|sold most|sold the most|fastest selling|"
                  "best sold|most bought|popular|performing best|selling best|selling the most|hottest|"
                  "performs the best|perform the best|hot seller|fast mover|fastest mover",
    "worst": "shortest|worst|lowest|least|smallest|fewest|bottom|poorest|weakest|min|minimum|lowest first",
    "worst_units": "worst selling|worst seller|slowest selling|slow seller|slowest seller|sell worst|"
                   "sold worst|sell least|"
                   "sell the least|sold least|sold the least|least popular|least sold|worst performing|"
                   "perform worst|worst performer|performed worst|performing worst|slow mover|"
                   "slowest mover|"
                   "selling worst|selling least|poorest selling|sell the worst|slow moving|slowest moving",
}
_OTHER: Mapping[str, Mapping[str, str]] = {
    "count": {"count": "how many|number of|count of|count|how many different|how many distinct"},
    "ask": {"which": "what kinds of|what kind of|which kinds of|what types of|which types of|which kind of|"
                     "which|which one|which of|what are the names of", "what": "what", "where": "where|"
                    "at which places",
            "much": "how much|how high|how big|how large|how long|how well|how good", "list": "list|"
                                                                                              "name the"},
    "by": {"by": "by|for each|in each|at each|on each|of each|each|for every|in every|at every|of every|"
                 "every|across|"
                 "broken down by|split by|grouped by|per each|breakdown by|break down by|split up by|"
                 "divided by|"
                 "separately for|broken out by|across all|breakdown per", "per": "per"},
    "op": {">": "more than|over|above|greater than|higher than|exceeding|bigger than|larger than|>|"
                "exceeds|longer than",
           "<": "less than|under|below|fewer than|lower than|smaller than|<|shorter than|worse than",
           ">=": "at least|no less than|no fewer than|or more|minimum of|>=|not less than",
           "<=": "at most|no more than|up to|or less|or fewer|maximum of|<=|not more than",
           "=": "exactly|equal to|equals|=|just exactly"},
    "rel": {"stands": "have|has|had|carry|carries|carrying|in stock|stocks|stocking|stocked|carried|with|"
                      "contain|contains|"
                      "containing|include|including|hold|holding|hold|on the shelf|on shelf|placed|"
                      "shelved|on display|featuring|"
                      "on the shelves|planned|standing|stand|offer|offering",
            "sold": "sell|sold|selling|bought|buy|purchased|purchase|sells",
            "out_of_stock": "out of stock|sold out|ran out|run out|stocked out|ran out of|out|empty|"
                            "run out of|unavailable|"
                            "running out|running out of|ran empty|runs out of|went out of stock|"
                            "go out of stock|"
                            "had a stockout|went empty",
            "audited": "audited|photographed|been audited|photo audited|checked by photo"},
    "not": {"not": "not|never|no|none|neither|dont|doesnt|didnt|nothing|zero of|cannot",
            "without": "without|lacking|lack|missing out on",
            "except": "except|excluding|except for|other than|apart from|leaving out|besides|minus|"
                      "without counting|not counting|but for"},
    "and": {"and": "and|plus|as well as|along with|both", "or": "or|either|nor", "but": "but|yet|though"},
    "missing": {"missing": "missing|missing from|absent|absent from|gaps in the assortment|not carried by|"
                           "missing in|missing on|missing at|lacking from"},
    "share": {"share": "share of|share|percent of|percentage of|% of|proportion of|portion of|fraction of|"
                       "percentage|"
                       "percent share|contribution to|part of total|market share"},
    "change": {"up": "fastest growing|growing fastest|grew fastest|lift|growth|increase|grew|grow|"
                     "grown|gained|gain|"
                     "gaining|rose|rise|risen|growing|"
                     "improved|"
                     "improvement|increased|uplift|improve|up most",
               "down": "drop|dropped|decline|declined|decrease|decreased|fell|fallen|falling|lost|losing|"
                       "declining|"
                       "shrink|shrank|shrunk|fall|down most|loss",
               "any": "difference between|change|changed|changes|difference|develop|developed|development"},
    "versus": {"with": "compared with|compared to|versus|vs|against|compare to|compare with|relative to|"
                       "in comparison with|"
                       "compared against|in comparison to|than|compared",
               "compare": "compare|comparison of|comparison|comparing"},
    "before": {"before": "before|the period before|previous period|prior period|the previous period|"
                         "the prior period|"
                         "period before|earlier|the time before|preceding period",
               "year_before": "a year ago|year over year|the same time last year|same time last year|"
                              "year on year|yoy|"
                              "a year earlier|one year ago|the year before|same period last year|"
                              "one year earlier|"
                              "the same period last year|last year same period|versus last year|"
                              "a year before|"
                              "the previous year's same period|vs last year|compared with a year ago|"
                              "same dates last year|the same dates last year",
               "before ": "period over period|week over week|month over month|quarter over quarter"},
    "trend": {"trend": "trend|over time|course of|time series|trends|evolution|develop over time|trending|"
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
    "per_place": {"place": "per place|a place|per location|per site|per store on average|"
                           "average per store|per machine on average|"
                           "average per machine|average per place|average per location|"
                           "a machine on average|on average per store|"
                           "on average per machine|a store on average|on average per place"},
    "mean": {"mean": "average|avg|mean|on average|typical"},
    "order": {"name": "alphabetically|by name|in alphabetical order|sorted by name"},
    "whole": {"all": "all|whole|entire|total|overall|altogether|in total|everything|full|complete|"
                     "combined|everywhere|anywhere|in all|every single"},
}
_STOP = """
a an the of in at on for from to into is are was were be been being do did does our my your we i you
me us show give tell please can could get got find see want know like it its their they them there
that this these those what as per any some now currently right so just also too then well much many
go goes going went had have has s t let look want need give display pull fetch hey hi hello thanks
thank ok okay kindly during within through throughout over company business figures figure data
numbers number amount level value values report overview results result across while our own between
them come comes came up say mean current currently actually really exactly again still question
about when which is one ones first rank ranked ranking rankings sort sorted order ordered descending
sorting table chart graph rows list lists listing standing everyone only instead please show often
how same
"""
_STOP_NOT = frozenset({
    "exactly", "across", "over", "each", "first", "one", "which", "what", "when", "many", "much",
    "list", "had", "have", "has", "standing", "number", "this", "per", "between", "while", "up",
})
_FORBIDDEN: Mapping[str, str] = {
    "the future": "forecast|predict|prediction|tomorrow|will|next week|next month|next year|next quarter|"
                  "next season|"
                  "going to|expect|expected|future|outlook|projected|projection|upcoming|coming week|"
                  "coming month|next|"
                  "next summer|next winter|forecasted|soon|by the end of",
    "reasons": "why|reason|because|cause|caused|explain|how come|due to|behind",
    "what would happen": "if|would|should|could we|what if|suppose|recommend|recommendation|suggest|"
                         "optimal|optimize|"
                         "optimise|ideal|advice|advise|best way|improve|ought|how can|how could|"
                         "instead of carrying",
    "which products sell together": "together|basket|bought with|sold with|affinity|pairs|pair|cross sell|"
                                    "bundle|"
                                    "combination|combo|go well with|alongside",
    "hours of the day": "hour|hours|hourly|o'clock|noon|midnight|afternoon|evening|am|pm|time of day|"
                        "morning|night|rush hour|lunchtime|"
                        "minute|lunch|breakfast time|dinner",
    "weather": "weather|rain|rainy|hot days|sunny|snow|heat|rained|rainfall|degree|degrees|climate|"
               "humidity|storm",
    "customers and visitors": "customer|visitor|shopper|client|consumer|traffic|footfall|people|loyalty|"
                              "buyer|age|gender|"
                              "transaction|ticket|receipt|demographic|visit|complaint|review|rating|"
                              "conversion|male|female|member|membership|"
                              "population|household|satisfaction",
    "competitors": "competitor|competition|rival|market leader|industry|walmart|7-eleven|benchmark",
    "suppliers": "supplier|vendor|distributor|manufacturer|wholesaler|delivery|shipment|purchase order|"
                 "lead time|invoice|warehouse|"
                 "truck|driver|route|logistics|deliver|supply chain",
    "employees": "employee|staff|worker|manager|salary|salaries|wage|wages|operator|technician|labor|"
                 "labour|hr|payroll|clerk|cashier|"
                 "colleague|boss|ceo|owner",
    "cities and addresses": "city|cities|address|street|zip|state|region|country|county|town|neighborhood|"
                            "neighbourhood|district|"
                            "map|distance|mile|km|kilometer|latitude|phone",
    "taxes and other costs": "tax|rent|lease|expense|overhead|electricity|energy cost|rebate|loan|debt|"
                             "cash flow|vat|net profit|"
                             "operating|ebitda|commission|insurance|maintenance|repair|net income|"
                             "discount|promotion|promo|coupon|budget|"
                             "interest|stock market|share price|dividend|bank|shrinkage|theft|waste|"
                             "spoilage|return|refund|spoiled|expired",
    "other companies": "other company|other companies|another company|other tenant|another tenant|tenant|"
                       "companies|all companies",
    "settings, passwords and users": "password|passwords|user|users|login|api key|secret|token|setting|"
                                     "settings|admin|"
                                     "credential|credentials|e mail|email|account|role|permission|key|"
                                     "keys|system prompt|prompt|schema|database|"
                                     "config|configuration|environment variable|env|audit log|hash",
    "anything that changes data": "delete|update|set|add|create|remove|move|insert|alter|truncate|rename|"
                                  "change the price|"
                                  "raise|archive|import|export|replace|edit|overwrite|erase|write|save|"
                                  "swap|put|assign|reset|undo|"
                                  "select|drop table|union|approve|publish|lower the price|discontinue|"
                                  "refill|restock|reorder|send|book|schedule|cancel",
    "prices and costs of the past": "price history|old price|price last|former price|price before|"
                                    "historic price|historical price|"
                                    "used to cost",
    "what is not about this business": "joke|poem|president|capital of|recipe|translate|song|movie|"
                                       "football|news|bitcoin|"
                                       "meaning of life|python|code|calorie|calories|nutrition|ingredient|"
                                       "sugar content|vegan|"
                                       "gluten|healthy|organic|allergen|world|hypothesis|weight|color|"
                                       "colour|flavor|flavour|launch|launched|"
                                       "invented|founded",
}


@cache
def lexicon() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Singular words of a phrase → (kind, value). The first that names a phrase holds."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    groups: list[tuple[str, Mapping[str, str]]] = [
        ("thing", _THINGS), ("measure", _MEASURES), ("grain", _GRAINS), ("shape", _SHAPES), ("zone", _ZONES),
        ("temperature", _TEMPERATURES), ("status", _STATUS), ("family", _FAMILIES), ("best", _BEST),
        *_OTHER.items(), ("forbidden", _FORBIDDEN),
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
    words = {w for w in _STOP.split() if w not in _STOP_NOT and "'" not in w}
    return frozenset(words) | {stem for w in words for stem in stems(w)}


@cache
def known_words() -> frozenset[str]:
    """Every single word of the field, for spelling."""
    return frozenset(w for key in lexicon() for w in key if w.isalpha())


LONGEST = 6
