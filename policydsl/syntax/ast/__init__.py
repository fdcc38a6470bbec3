# ruff: noqa: F403  the public face of the tree: every pass says `ast.Name`, wherever the node stands
"""The surface tree: what a text says, before anyone asks whether it makes sense. It knows no types."""

from policydsl.syntax.ast.amendments import *
from policydsl.syntax.ast.claims import *
from policydsl.syntax.ast.declarations import *
from policydsl.syntax.ast.definitions import *
from policydsl.syntax.ast.expressions import *
from policydsl.syntax.ast.file import *
from policydsl.syntax.ast.node import *
from policydsl.syntax.ast.policy import *
from policydsl.syntax.ast.rules import *
