"""From Lark's rules to the surface tree: one small method per rule of the grammar."""

from policydsl.syntax.build.amendments import Amendments
from policydsl.syntax.build.claims import Claims
from policydsl.syntax.build.declarations import Declarations
from policydsl.syntax.build.definitions import Definitions
from policydsl.syntax.build.expressions import Expressions
from policydsl.syntax.build.policies import Policies
from policydsl.syntax.build.rules import Rules


class Build(Policies, Amendments, Declarations, Definitions, Rules, Claims, Expressions):
    """Build the tree of one item. `file` and `offset` (lines before the item) place its spans."""
