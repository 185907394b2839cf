"""Words that say how a number follows from others: "together", "more than", "what is left", "a month"."""

from __future__ import annotations

import re

TOTAL = re.compile(
    r"\b(?:total(?:s|ing)?|together|combined|altogether|in all|all told|overall|sum|between them|both|plus"
    r"|jointly|add(?:s|ing)? up|collectively)\b",
    re.I,
)
SUBJECTS = re.compile(r"\b(?:accounts? for|makes? up|represents?|occup(?:y|ies)|cover|claim|share)\b", re.I)
NET = re.compile(
    r"\b(?:net|nets|netting|leaving|leaves|left with|offset\w*|what remains|gap|difference)\b", re.I
)
BOTH = re.compile(r"\b(?:both|two)\b", re.I)
THAT = re.compile(r"^\W*(?:that|this|which|it|those|these)\b", re.I)
MEAN = re.compile(r"\b(?:average|averages|averaging|mean|typical(?:ly)?)\b", re.I)
DIFFERENCE = re.compile(
    r"\b(?:more|less|fewer|higher|lower|difference|gap|ahead|behind|above|below|up|down|extra|additional|rise"
    r"|rises|fall|falls|gain|increase|decrease|exceeds|beats|trails?|lifts?|leaving|apart|better|worse|climbs?"
    r"|shortfall|premium|separates?)\b",
    re.I,
)
TIMES = re.compile(r"\b(?:times|twice|double|doubles|triple|quadruple|fold|ratio)\b", re.I)
PART = re.compile(
    r"\b(?:of|share|makes? up|accounts? for|portion|part|contributes?|i\.e|that is|which is|meaning|or"
    r"|call it|on every)\b|\(",
    re.I,
)
REST = re.compile(
    r"\b(?:all but|not|isn['’]t|aren['’]t|don['’]t|doesn['’]t|miss(?:es|ed|ing)?|empty|remain\w*|rest|without"
    r"|off|others?|lack\w*|wrong|out of place|incorrect|mis(?:placed|match\w*)|deviat\w+|fail\w*"
    r"|leav(?:e|es|ing)|gone|can['’]?t|cannot|can not|couldn['’]t|won['’]t|short of|lost"
    r"|un(?:available|served|met|filled|sold|used|satisfied|covered))\b",
    re.I,
)
ALL_BUT = re.compile(r"\ball but\s(?:about\s|some\s)?$", re.I)
OTHER = re.compile(r"\b(?:others?|rest|remain\w*)\b", re.I)
PERIODS = {
    "week": 7.0,
    "weekly": 7.0,
    "month": 30.0,
    "monthly": 30.0,
    "year": 365.0,
    "yearly": 365.0,
    "annual": 365.0,
    "annually": 365.0,
    "quarter": 91.0,
}
MONTHS = {"year": 12.0, "yearly": 12.0, "annual": 12.0, "annually": 12.0, "quarter": 3.0}
HORIZON = re.compile(r"\b(?:horizon|period|window|over (?:the|those|these) (?:next )?)", re.I)
COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
EXTREME = re.compile(
    rf"\b(?:top|first|best|biggest|largest)\s(?P<top>{'|'.join(COUNTS)})\b|"
    rf"\b(?P<count>{'|'.join(COUNTS)})\s(?:(?:big|largest|biggest|worst|best|top|main)\s){{0,2}}"
    r"(?P<what>winners?|gainers?|gains|losers?|losses|decliners?)\b",
    re.I,
)
CALENDAR = (7.0, 14.0, 30.0, 31.0, 60.0, 90.0, 180.0, 365.0)
WIDTH = re.compile(r"\b(?:wide|width|spread|spans?|spanning|breadth|from end to end|apart)\b", re.I)
EACH = re.compile(r"\b(?:each|apiece|respectively|every|both)\b", re.I)
SIDE = re.compile(
    r"\b(?:helpful|good|plus|positive|credit|gaining|winning)\s(?:side|part|causes?|effects?|items?|ones)\b"
    r"|\b(?:the|all|its|those|total)\s(?:\w+\s)?(?:gains|gainers|winners|pluses|positives)\b", re.I)
DARK_SIDE = re.compile(
    r"\b(?:harmful|bad|minus|negative|debit|losing|other)\s(?:side|part|causes?|effects?|items?|ones)\b"
    r"|\b(?:the|all|its|those|total)\s(?:\w+\s)?(?:losses|losers|minuses|negatives|drags)\b", re.I)
AGAIN = re.compile(r"\b(?:these|those|other|both)\s(?:\w+\s)?$", re.I)
ALL, CLOSES = re.compile(r"\ball\s$", re.I), re.compile(r"\s*(?:[.;,!)]|$)")
PERIOD = re.compile(r"\b(?:week|month|year|day|daily|weekly|monthly|yearly)\b")
WHILE = re.compile(
    r"\b(?:over|in|within|for|during|every|per|next|full)(?:\s(?:the|a|these))?(?:\snext)?\s$", re.I
)
UP = re.compile(r"\b(?:gain\w*|win\w*|rise|rises|up|improve|add|adds|benefit|pluses?|positive|grow)\b", re.I)
DOWN = re.compile(
    r"\b(?:los\w+|fall|falls|drop|drops|decline\w*|down|minus\w*|negative|shrink|give up)\b", re.I
)
FAIR = re.compile(
    r"\b(?:share|what its|theirs|its due|warrants?|(?:its|their) (?:space|room|facings))\b", re.I
)
MARGIN = re.compile(
    r"\b(?:give or take|plus or minus|within|either way|uncertainty|margin of error)\b|±", re.I
)
