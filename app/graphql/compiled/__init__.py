"""Executes operations as generated Python, breadth first; what it cannot compile is graphql-core's."""

from app.graphql.compiled.executing import Compiler, run
from app.graphql.compiled.inputs import Readers
from app.graphql.compiled.kinds import Served
from app.graphql.compiled.marks import Uncompilable
from app.graphql.compiled.plan import Plans
from app.graphql.compiled.planned import PLAN_AT
from app.graphql.compiled.variables import Coercion

__all__ = ["PLAN_AT", "Coercion", "Compiler", "Plans", "Readers", "Served", "Uncompilable", "run"]
