"""Generated programs whose dicts have keys, and an order of them, that depend on the way, and loops over small vectors.

    bag3 = {'b': 0.5 * x}                             v5 = np.array([x, 0.5, s]); w6 = v5
    for k4 in range(3):                               for k7 in range(4):
        if x > 0.3 * k4:                                  d8 = np.array([v5[1] * 0.5, 0.25 * x, v5[0]])
            bag3['a'] = bag3.get('a', 0.0) + x            e9 = d8[::-1]
        else:                                             d8[k7 % 3] += 0.5 * e9[0]
            bag3.pop('b', None)                           if n > k7: w6 = e9
    for q4, e5 in bag3.items(): ...                       v5 = v5 * 0.5 + d8
"""

from __future__ import annotations

from fuzz.scope import Scope
from fuzz.statements import indented
from fuzz.wide import Wide

KEYS = ("'a'", "'b'", "'c'")
MADE = ("{{}}", "{{'b': {0}}}", "{{'c': {0}, 'a': 0.25}}", "{{'a': {0}, 'b': -0.5, 'c': 1.5}}", "Counter()", "defaultdict(float)")
TRIPS = (2, 3, 5)


class Ways(Wide):
    """Draws them."""

    def _simple(self, scope: Scope) -> bool:
        """Whether this is no place for more loops."""
        return scope.depth > 1 or scope.captured or scope.trips > 1

    def write_bag(self, scope: Scope) -> list[str]:
        """A dict that is filled by the way, and what it holds then."""
        names = [n for n in scope.assignable("float") if n.isidentifier()]
        if self._simple(scope) or not names:
            return self.write_assign(scope)
        bag, k, name = self.fresh("bag"), self.fresh("k"), self.fresh("key")
        lines = [f"{bag} = {self.pick(MADE).format(self.damped(scope))}"]
        fill: list[str] = []
        trips = self.rng.choice(TRIPS) if self.chance(60) else 0
        block = scope.inside(trips=trips, **({k: "int"} if trips else {}))
        block.fixed.add(k)
        if self.chance(60):
            chosen = " else ".join(f"{key} if {self.condition(block)}" for key in self.rng.sample(KEYS, 2))
            fill.append(f"{name} = {chosen} else {self.pick(KEYS)}")
        for _ in range(self.rng.randint(1, 3)):
            key = name if fill and self.chance(50) else self.pick(KEYS)
            change = [self._change(block, bag, key)]
            test = [f"if {self.condition(block)}:", *indented(change)]
            if self.chance(30):
                test += ["else:", *indented([self._change(block, bag, self.pick(KEYS))])]
            fill += test if self.chance(75) else change
        lines += [f"for {k} in range({trips}):", *indented(fill)] if trips else fill
        for _ in range(self.rng.randint(1, 3)):
            lines += self._use(scope, bag, self.pick(names))
        return lines

    def _change(self, scope: Scope, bag: str, key: str) -> str:
        value = self.damped(scope)
        forms = [
            f"{bag}[{key}] = {value}", f"{bag}[{key}] = {bag}.get({key}, 0.0) + {value}", f"{bag}.pop({key}, None)",
            f"{bag}[{key}] = {bag}.setdefault({key}, {value}) * 0.5", f"{bag}.update({{{key}: {value}}})",
        ]
        return self.pick(forms if self.safe else [*forms, f"{bag}[{key}] += {value}", f"del {bag}[{key}]"])

    def _use(self, scope: Scope, bag: str, name: str) -> list[str]:
        key, q, e = self.pick(KEYS), self.fresh("q"), self.fresh("e")
        forms = [
            [f"{name} = {name} * 0.5 + {bag}.get({key}, 0.25)"],
            [f"{name} = {name} * 0.5 + sum({bag}.values()) / (1 + len({bag}))"],
            [f"for {q}, {e} in {bag}.items():", f"    {name} = {name} * 0.5 + {e} * len({q})"],
            [f"for {q} in {bag}:", f"    {name} = {bag}[{q}] - {name} * 0.5"],
            [f"if {key} in {bag}:", f"    {name} = {bag}[{key}] * 0.75"],
            [f"for {q}, {e} in sorted({bag}.items()):", f"    {name} = {name} * 0.25 + {e}"],
            [f"if {bag} == {{{key}: 0.5}} or not {bag}:", f"    {name} = -{name}"],
        ]
        if not self.safe:
            forms.append([f"{name} = {name} * 0.5 + {bag}[{key}]"])
        return self.rng.choice(forms)

    def write_vectors(self, scope: Scope) -> list[str]:
        """A loop over vectors of three that are made in each iteration, and views of them that may outlive it."""
        names = [n for n in scope.assignable("float") if n.isidentifier()]
        if self._simple(scope) or not names:
            return self.write_assign(scope)
        v, w, k, d, e = (self.fresh(stem) for stem in ("v", "w", "k", "d", "e"))
        trips = self.rng.choice(TRIPS)
        block = scope.inside(trips=trips, **{k: "int"})
        block.fixed.add(k)
        body = [
            f"{d} = np.array([{v}[1] * 0.5, {self.damped(block)}, {self.pick((f'{v}[0]', f'{v}[2] * 0.25', f'{w}[0] * 0.5'))}])",
            f"{e} = {self.pick((f'{d}[::-1]', f'{d}[1:]', f'{v} + 0.5 * {d}', f'{d}', 'np.zeros(3)', f'{d}.copy()'))}",
            f"{self.pick((d, e, v))}[{self.pick(('0', f'{k} % 2', '-1'))}] {self.pick(('+=', '=', '*='))} {self.damped(block)}",
        ]
        if self.chance(50):
            body.append(f"{self.pick((d, v))}[{self.pick(('1:', ':2', '::2'))}] *= 0.5")
        if self.chance(60):
            body += [f"if {self.condition(block)}:", f"    {w} = {self.pick((d, e, v))}"]
        body.append(f"{v} = {self.pick((f'{v} * 0.5 + {d}', d, f'{d} * 0.5', v, f'np.array([{e}[0], {d}[1], 0.5])'))}")
        if self.chance(60):
            body.append(f"{self.pick(names)} = {w}[{self.pick(('0', '-1'))}] * 0.5 + {d}[{self.pick('012')}] + {e}[1] * 0.25")
        start = f"{v} = np.array([{self.damped(scope)}, 0.5, {self.damped(scope)}])"
        end = f"{self.pick(names)} = np.sum({v} * {self.pick(('0.5', v))}) + {w}[0]"
        return [start, f"{w} = {self.pick((v, 'np.zeros(2)', f'{v}[1:]'))}", f"for {k} in range({trips}):", *indented(body), end]
