"""The registry of diagnostic codes: what each means to the author of a policy, with an example.

A code never changes its meaning; one that is no longer used keeps its number. In the examples, a text in round
brackets describes what cannot be shown in a few lines.
"""

from types import MappingProxyType

from policydsl.base.codes.amendments import AMENDMENTS
from policydsl.base.codes.files import FILES
from policydsl.base.codes.histories import HISTORIES
from policydsl.base.codes.meaning import MEANING
from policydsl.base.codes.texts import TEXTS

CODES = MappingProxyType({code.code: code for code in (*TEXTS, *MEANING, *HISTORIES, *FILES, *AMENDMENTS)})
