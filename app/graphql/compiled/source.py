"""Writes the Python that builds one object of an answer, and compiles it.

Nothing that a client wrote ever stands in this text: response names, aliases, values and types are constants that
the text refers to by numbers of ours. Names of attributes and parameters are those of the schema's own code.
"""

import math
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from app.graphql.compiled import completing
from app.graphql.compiled.kinds import Kind, Served

if TYPE_CHECKING:
    from app.graphql.compiled.plan import FieldPlan, ObjectPlan


class Sources:
    """The generated functions of one operation, which find each other and their constants in one namespace."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self.names: dict[str, Any] = {"isfinite": math.isfinite}
        self._constants = 0

    def add(self, plan: "ObjectPlan") -> None:
        """Give a plan its function, and its fields theirs. What it refers to has been added before."""
        lines = [f"def b_{plan.number}(o, rt):"]
        items = []
        for field in plan.fields:
            if isinstance(field, str):
                items.append(f"{self._constant(field)}: {self._constant(plan.type.name)}")
                continue
            key = self._constant(field.key)
            if field in plan.waiting:
                items.append(f"{key}: None")
            else:
                lines += self._valued(field)
                items.append(f"{key}: v{field.number}")
        lines.append(f"    return {{{', '.join(items)}}}")
        for field in plan.waiting:
            if not field.children_wait:
                lines += [f"def c_{field.number}(v, rt):", *self._completed(field, field.type, "v", 1), "    return v"]
        self.names[f"known_{plan.number}"] = plan.known
        exec(compile("\n".join(lines), "<compiled operation>", "exec"), self.names)  # noqa: S102 (our own text alone)
        plan.build = self.names[f"b_{plan.number}"]
        for field in plan.waiting:
            field.complete = self.names.get(f"c_{field.number}")

    def _constant(self, value: Any) -> str:
        self._constants += 1
        name = f"k_{self._constants}"
        self.names[name] = value
        return name

    def _valued(self, field: "FieldPlan") -> list[str]:
        """Lines that leave a field's completed value, or what became of it, in its variable."""
        variable = f"v{field.number}"
        if field.way.kind is Kind.LATE:
            return [f"    {variable} = rt.later(o)"]
        return [
            "    try:",
            *self._got(field, variable),
            *self._completed(field, field.type, variable, 2),
            "    except Exception as e:",
            f"        {variable} = rt.failed(e)",
        ]

    def _got(self, field: "FieldPlan", variable: str) -> list[str]:
        way = field.way
        if way.kind is Kind.ATTRIBUTE:
            return [f"        {variable} = o.{way.attribute}"]
        function, plan = self._constant(way.function), self._constant(field)
        lines, given = [], []
        if way.parent is not None:
            given.append("o" if way.parent == "" else f"{way.parent}=o")
        if way.info is not None:
            lines += [f"        i = rt.infos.get({plan})", f"        if i is None: i = rt.info({plan})"]
            given.append(f"{way.info}=i")
        if field.definition.args:
            lines += [f"        a = rt.given.get({plan})", f"        if a is None: a = rt.arguments({plan})"]
            given.append("**a")
        return [*lines, f"        {variable} = {function}({', '.join(given)})"]

    def _completed(self, field: "FieldPlan", kind: Any, v: str, depth: int) -> list[str]:
        """Lines that turn a value into what the answer holds; quick for what is usual, thorough for all else."""
        indent = "    " * depth
        slow = self._constant(completing.Completion(field, kind))
        inner = kind.of_type if is_non_null_type(kind) else kind
        if not is_list_type(inner):
            return self._one(field, inner, v, indent, slow, nullable=inner is kind)
        lines = [f"{indent}if {v}.__class__ is not list: {v} = {slow}({v}, rt)"]
        return [*lines, f"{indent}else: {v} = [{self._item(field, inner.of_type)} for x in {v}]"]

    def _item(self, field: "FieldPlan", kind: Any) -> str:
        slow = self._constant(completing.Item(field, kind))
        inner = kind.of_type if is_non_null_type(kind) else kind
        if is_object_type(inner):
            number = field.within.number  # type: ignore[union-attr]
            return f"b_{number}(x, rt) if x.__class__ in known_{number} else {slow}(x, rt)"
        if is_leaf_type(inner) and (is_right := self._is_right(inner, "x")):
            return f"x if {is_right} else {slow}(x, rt)"
        return f"{slow}(x, rt)"

    def _one(self, field: "FieldPlan", kind: Any, v: str, indent: str, slow: str, *, nullable: bool) -> list[str]:
        unless = f"{v} is not None and " if nullable else ""
        if is_object_type(kind):
            number = field.within.number  # type: ignore[union-attr]
            quick = f"{v} = b_{number}({v}, rt) if {v}.__class__ in known_{number} else {slow}({v}, rt)"
            return [f"{indent}if {v} is not None: {quick}"] if nullable else [f"{indent}{quick}"]
        if isinstance(kind, GraphQLEnumType):
            names, classes = map(self._constant, self._served.enum_names(kind))
            return [
                f"{indent}if {v}.__class__ in {classes} and {v} in {names}: {v} = {names}[{v}]",
                f"{indent}else: {v} = {slow}({v}, rt)",
            ]
        is_right = self._is_right(kind, v)
        if is_right is None:
            return [f"{indent}{v} = {slow}({v}, rt)"]
        return [f"{indent}if {unless}not ({is_right}): {v} = {slow}({v}, rt)"]

    def _is_right(self, kind: Any, v: str) -> str | None:
        """An expression that is true of values which stand in the answer as they are; None where none does."""
        if kind is GraphQLString or kind is GraphQLID or _passes_strings(kind):
            return f"{v}.__class__ is str"
        if kind is GraphQLInt:
            return f"{v}.__class__ is int and -2147483649 < {v} < 2147483648"
        if kind is GraphQLBoolean:
            return f"{v} is True or {v} is False"
        if kind is GraphQLFloat:
            return f"{v}.__class__ is float and isfinite({v})"
        return None


def _passes_strings(kind: Any) -> bool:
    return isinstance(kind, GraphQLScalarType) and kind.coerce_output_value is str
