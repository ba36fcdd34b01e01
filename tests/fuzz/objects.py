"""Statements and expressions of generated programs that are about objects."""

from __future__ import annotations

from fuzz.classes import Class, Classes
from fuzz.scope import Scope
from fuzz.statements import indented


class Objects(Classes):
    """Draws them."""

    def objects_in(self, scope: Scope, trait: str = "", names: bool = False) -> list[str]:
        """The places that hold objects (whose class has this trait), or only the names."""
        found = [n for n, k in scope.kinds.items() if k in self.classes and (not trait or trait in self.classes[k].traits)]
        return [n for n in found if n.isidentifier()] if names else found

    def class_at(self, scope: Scope, place: str) -> Class:
        return self.classes[scope.kinds[place]]

    def makeable(self, scope: Scope) -> list[Class]:
        return [c for c in self.usable(scope) if "row" not in c.params or scope.of("row")]

    def usable(self, scope: Scope) -> list[Class]:
        """The classes that are known by name."""
        return list(self.classes.values())

    def instance(self, scope: Scope, cls: Class) -> str:
        """A new object."""
        if "make" in cls.traits and self.chance(30):
            return f"{cls.name}.half({self.number(scope, 2)})"
        given = [self.number(scope, 2) if p == "float" else self.pick(scope.of("row")) for p in cls.params]
        return f"{cls.name}({', '.join(given)})"

    def write_object(self, scope: Scope) -> list[str]:
        known = self.makeable(scope)
        if not known:
            return self.write_assign(scope)
        cls = self.rng.choice(known)
        text = self.instance(scope, cls)
        return [f"{self.target_of(scope, cls.name, 'o')} = {text}"]

    def write_method(self, scope: Scope) -> list[str]:
        known = [h for r in ("float", "none") for h in self.callable(scope, r) if h.name.partition(".")[0] in scope.kinds]
        if not known:
            return self.write_object(scope)
        helper = self.rng.choice(known)
        text = self.called(scope, helper)
        return [text if helper.result == "none" or self.chance(25) else self.assignment(scope, text)]

    def write_combine(self, scope: Scope) -> list[str]:
        """Operators that make objects, or change them."""
        places = self.objects_in(scope)
        options = []
        for place in places:
            cls, x = self.class_at(scope, place), self.number(scope, 2)
            mates = scope.of(cls.name)
            new = [f"{place} + {self.pick(mates)}"] * ("add" in cls.traits) + [f"{place} * {x}"] * ("mul" in cls.traits)
            new += [f"-{place}"] * ("neg" in cls.traits)
            if cls.base is None or not cls.base.traits & {"add", "mul", "neg"}:
                options += [(cls.name, text) for text in new]
            if "iadd" in cls.traits and place not in scope.fixed:
                options += [("", f"{place} += {x}")]
        if not options:
            return self.write_method(scope)
        kind, text = self.rng.choice(options)
        return [f"{self.target_of(scope, kind, 'o')} = {text}"] if kind else [text]

    def write_same(self, scope: Scope) -> list[str]:
        """Two names of one object."""
        places = self.objects_in(scope)
        if not places:
            return self.write_object(scope)
        place = self.pick(places)
        kind = scope.kinds[place]
        name = self.binding(scope, self.fresh("o"), kind)
        change = [f"{name}.x = {self.damped(scope)}"] if f"{name}.x" in scope.assignable("float") else []
        return [f"{name} = {place}", *change, *self.write_attribute(scope)]

    def write_either(self, scope: Scope) -> list[str]:
        """One of two objects, chosen at run time."""
        places = self.objects_in(scope)
        if not places:
            return self.write_object(scope)
        one = self.pick(places)
        mates = scope.of(*self.fitting(scope.kinds[one]))
        other = self.pick(mates)
        if self.chance(40):
            new = [c for c in self.makeable(scope) if c.name in self.fitting(scope.kinds[one])]
            other = self.instance(scope, self.rng.choice(new)) if new else other
        name = self.fresh("o")
        lines = [f"{name} = {one} if {self.condition(scope)} else {other}"]
        if self.chance(30):
            lines = [f"{name} = {one}", f"if {self.condition(scope)}:", f"    {name} = {other}"]
        self.binding(scope, name, scope.kinds[one])
        change = [f"{name}.x = {self.damped(scope)}"] if f"{name}.x" in scope.assignable("float") else []
        return [*lines, *change]

    def write_crowd(self, scope: Scope) -> list[str]:
        """A loop over some objects."""
        places = self.objects_in(scope)
        if not places or scope.trips * 3 > self.profile.trips:
            return self.write_object(scope)
        kind = scope.kinds[self.pick(places)]
        mates = scope.of(kind)
        some = [self.pick(mates) for _ in range(self.rng.randint(1, 3))]
        v = self.fresh("e")
        block = scope.inside(trips=3)
        self.binding(block, v, kind)
        block.fixed.add(v)
        lines = [f"for {v} in {self.pick(('({},)', '[{}]')).format(', '.join(some))}:",
                 *indented([*self.write_attribute(block), *self.block(block, 2)])]
        scope.left(block)
        return lines

    def write_flock(self, scope: Scope) -> list[str]:
        """A list of objects of run-time length that are changed there."""
        known = self.makeable(scope)
        if not known or scope.trips * 4 > self.profile.trips:
            return self.write_object(scope)
        cls = self.rng.choice(known)
        flock, i, e = self.fresh("ps"), self.fresh("i"), self.fresh("e")
        count = f"{self.integer(scope, 1)} % 3 + 1"
        given = [f"{self.number(scope, 1)} + {i} * 0.25" if p == "float" else self.pick(scope.of("row")) for p in cls.params]
        lines = [f"{flock} = [{cls.name}({', '.join(given)}) for {i} in range({count})]"]
        if self.chance(30):
            lines += [f"{flock}.append({self.instance(scope, cls)})"]
        block = scope.inside(trips=4)
        self.binding(block, e, cls.name)
        block.fixed.add(e)
        changed = f"{e}.x" in block.assignable("float")
        lines += [f"for {e} in {flock}:", *indented([*self.write_attribute(block), *self.block(block, 2)])]
        scope.left(block)
        place = f"{flock}[{self.integer(scope, 1)} % len({flock})]"
        if changed:
            x = self.damped(scope)
            lines += self.pick_lines((
                [f"{place}.x = {x}"], [f"{place}.x += {x}"],
                [f"{flock}[0], {flock}[-1] = {flock}[-1], {flock}[0]", f"{place}.x = {x}"],
                [f"for {e} in {flock}[::-1]:", f"    {e}.x = {flock}[0].x * 0.5 + {x}"],
                [f"{flock}.sort(key=lambda e: e.x)", f"{flock}[0].x = {x}"],
            ))
        total = self.pick(("sum({e}.{a} for {e} in {l})", "max({e}.{a} for {e} in {l})", "{p}.{a}", "{l}[-1].{a}"))
        fields = [f for f, k in cls.fields.items() if k == "float"]
        if not fields:
            return lines
        return [*lines, self.assignment(scope, total.format(e=e, a=self.pick(fields), l=flock, p=place))]

    def write_state(self, scope: Scope) -> list[str]:
        """A loop until an attribute says that it is done."""
        counters = [n for n in scope.assignable("int") if "." in n and "sub" not in n]
        if not counters or scope.trips * 5 > self.profile.trips:
            return self.write_method(scope)
        n = self.pick(counters)
        block = scope.inside(trips=5)
        block.fixed.add(n)
        w = self.fresh("w")
        lines = [f"{w} = 0", f"while {n} < 4 and {w} < 5:", f"    {w} += 1", f"    {n} += 1", *indented(self.block(block, 3))]
        scope.left(block)
        scope.bind(w, "int")
        scope.fixed.add(w)
        return lines

    def write_within(self, scope: Scope) -> list[str]:
        places = self.objects_in(scope, "with")
        if not places:
            return self.write_method(scope)
        place = self.pick(places)
        if self.chance(50):
            name = self.fresh("o")
            block = scope.inside()
            self.binding(block, name, scope.kinds[place])
            lines = [f"with {place} as {name}:", *indented(self.block(block, 2))]
            scope.left(block)
            return lines
        return [f"with {place}:", *self.inner(scope, 2)]

    # -- expressions -----------------------------------------------------------------------------------------------

    def number_object(self, scope: Scope, depth: int) -> str:
        places = self.objects_in(scope)
        if not places:
            return self.number_binary(scope, depth)
        place = self.pick(places)
        cls, x = self.class_at(scope, place), self.number_leaf(scope, depth)
        mates = scope.of(cls.name)
        forms: list[str] = []
        forms += ["{o}[0]", "{o}[1]", "({o}[{k} % 2] * len({o}))"] * ("item" in cls.traits) + ["abs({o})"] * ("abs" in cls.traits)
        forms += ["sum({o})", "max({o})", "sum(e * {x} for e in {o})", "list({o})[0]"] * ("iter" in cls.traits)
        forms += ["({o} + {p}).x"] * ("add" in cls.traits) + ["({o} * {x}).x"] * ("mul" in cls.traits)
        forms += ["(-{o}).y"] * ("neg" in cls.traits)
        forms += ["min({o}, {p}).x"] * ("less" in cls.traits)
        forms += [f"{{o}}.{f}" for f, k in (*cls.fields.items(), *cls.fixed.items()) if k == "float"]
        forms += [f"getattr({{o}}, '{f}')" for f, k in (*cls.fields.items(), *cls.fixed.items()) if k == "float"][:1]
        forms += ["{c}.x"] if place in self.objects_in(scope, names=True) and cls in self.makeable(scope) else []
        return self.pick(forms).format(o=place, p=self.pick(mates), x=x, k=self.integer(scope, 1),
                                       c=self.instance(scope, cls) if "{c}" in "".join(forms) else "")

    def condition_object(self, scope: Scope, depth: int) -> str:
        places = self.objects_in(scope)
        if not places:
            return self.condition_compare(scope, depth)
        place = self.pick(places)
        cls = self.class_at(scope, place)
        known = [c.name for c in self.usable(scope)] or ["float"]
        forms = [f"isinstance({{o}}, {self.pick(known)})", "{o} is {p}", "{o} is not {p}", "hasattr({o}, 'z')",
                 "{o}.x > {x}"]
        forms += ["{o} < {p}"] * 2 * ("less" in cls.traits) + ["{x} in {o}"] * ("iter" in cls.traits and self.safe)
        return self.pick(forms).format(o=place, p=self.pick(scope.of(cls.name)), x=self.number_leaf(scope, depth))
