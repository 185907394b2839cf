"""Words of what is not answered: see "What is not answered" in docs/ask.md."""

from __future__ import annotations

from collections.abc import Mapping

FORBIDDEN: Mapping[str, str] = {
    "the future": "forecast|predict|prediction|tomorrow|will|next week|next month|next year|next quarter|"
                  "next season|"
                  "going to|expect|expected|future|outlook|projected|projection|upcoming|coming week|"
                  "coming month|next|"
                  "next summer|next winter|forecasted|soon|by the end of",
    "reasons": "why|how come|whats behind|reason|because|cause|caused|explain|how come|due to|behind",
    "what would happen": "if|would happen|what happens|would|should|could we|what if|suppose|recommend|recommendation|suggest|suggestion|worth it|worth|"
                         "optimal|optimize|"
                         "optimise|ideal|advice|advise|best way|improve|ought|how can|how could|"
                         "instead of carrying",
    "which products sell together": "together|basket|bought with|sold with|affinity|pairs|pair|cross sell|"
                                    "bundle|"
                                    "combination|combo|go well with|alongside",
    "hours of the day": "peak time|busiest time|time of the day|what time|hours|hourly|o'clock|noon|midnight|afternoon|evening|am|pm|time of day|"
                        "morning|night|rush hour|lunchtime|"
                        "minute|lunch|breakfast time|dinner",
    "weather": "weather|rain|rainy|hot days|sunny|snow|heat|rained|rainfall|degree|degrees|climate|"
               "humidity|storm",
    "people": "who|whom",
    "customers and visitors": "customer|basket size|average basket|visitor|shopper|client|consumer|traffic|footfall|people|loyalty|"
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
    "anything that changes data": "delete|update|set|add|create|remove|insert|alter|truncate|rename|"
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
                                       "meaning of life|python|code|sugar free content|calorie|calories|nutrition|protein content|robot|how old|how tall|how heavy|who are you|ingredient|"
                                       "sugar content|vegan|"
                                       "gluten|healthy|organic|allergen|world|hypothesis|weight|color|"
                                       "colour|flavor|flavour|launch|launched|"
                                       "invented|founded",
}
"""What it is about → its words."""

REGIONS = frozenset("""
alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia wisconsin
wyoming boston chicago houston phoenix philadelphia dallas austin denver seattle atlanta miami detroit
minneapolis portland baltimore cleveland tampa orlando pittsburgh cincinnati memphis nashville milwaukee tucson
sacramento omaha oakland london paris berlin tokyo toronto montreal mexico canada germany france england europe
asia america usa
""".split())
"""Names of regions, where no name of the company explains them: places are known by their own names."""
