"""Objects, lists and dicts made in the program: carried through loops, changed in place, shared by names."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from programs.registry import program, vec


class Vector:
    """Operators that make new objects."""

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, s):
        return Vector(self.x * s, self.y * s)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    @property
    def norm(self):
        return math.sqrt(self @ self)


@program([0.3, 1.2, 5], [0.7, 0.4, 0], second=True)
def object_operators(a, b, n):
    p = Vector(a, b)
    v = Vector(b, -a)
    for _ in range(n):
        p = p + 0.1 * v
        v = v - p * 0.1
    return p.norm + (-v)[0] * len(p) + v[1]


class Oscillator:
    """State that a method changes."""

    damping = 0.05

    def __init__(self, x, k=1.0):
        self.x = x
        self.v = 0.0
        self.k = k
        self.steps = 0
        self.status = None

    def step(self, h):
        a = -self.k * self.x - self.damping * self.v
        self.v += h * a
        self.x += h * self.v
        self.steps += 1
        if abs(self.x) > 2.0:
            self.status = "failed"
        elif self.steps >= 20:
            self.status = "finished"

    def energy(self):
        return 0.5 * (self.v * self.v + self.k * self.x * self.x)


@program([1.0, 1.3, 0.1], [1.9, 2.0, 0.3], [3.0, 0.5, 0.1])
def object_state_until_done(x, k, h):
    o = Oscillator(x, k=k)
    while o.status is None:
        o.step(h)
    return o.energy() + (1.0 if o.status == "failed" else 0.0) + o.steps


class Damped(Oscillator):
    damping = 0.2

    def __init__(self, x, c):
        super().__init__(x, 2.0)
        self.c = c

    def energy(self):
        return super().energy() * self.c


@program([0.5, 1.5, True], [0.5, 1.5, False])
def object_inheritance(x, c, damped):
    o = Damped(x, c) if damped else Oscillator(x, c)
    for _ in range(4):
        o.step(0.1)
    return o.energy()


@dataclasses.dataclass
class Layer:
    w: float
    b: float = 0.1
    act: object = math.tanh

    def __call__(self, x):
        return self.act(self.w * x + self.b)


@dataclasses.dataclass(frozen=True)
class Net:
    layers: list = dataclasses.field(default_factory=list)
    scale: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "total", self.scale * 2.0)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x * self.total


@program([0.3, 0.8, 1.5])
def object_dataclasses(x, w, s):
    net = Net([Layer(w), Layer(b=x, w=s), Layer(0.5, act=math.sin)], scale=s)
    return net(x) + net(w)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b

    def swap(self):
        self.a, self.b = self.b, self.a


@program([0.5, 1.5, 3], [0.5, 1.5, 4])
def object_slots_and_aliases(a, b, n):
    s = Slotted(a, b)
    t = s
    for _ in range(n):
        t.swap()
        s.a = s.a * 1.1
    return s.a * 2.0 + t.b


@program([0.5, 1.5], [1.5, 0.5])
def object_chosen_by_branch(a, b):
    p, q = Slotted(a, b), Slotted(b, a)
    r = p if a > b else q
    r.a = r.a * 3.0
    return p.a + 2.0 * q.a * q.b


@program([0.5, 6], [0.5, 1])
def object_previous_and_current(x, n):
    previous = current = Slotted(x, 1.0)
    for i in range(n):
        previous = current
        current = Slotted(previous.a * 0.5 + i, previous.b + previous.a)
    return previous.b + current.b


class Counter:
    made = 0

    def __init__(self, start):
        self.value = start

    @classmethod
    def doubled(cls, start):
        return cls(2.0 * start)

    @staticmethod
    def weight(i):
        return 1.0 / (1.0 + i)

    @property
    def half(self):
        return self.value * 0.5

    @half.setter
    def half(self, x):
        self.value = 2.0 * x


@program([1.5, 4])
def object_class_members(x, n):
    c = Counter.doubled(x)
    for i in range(n):
        c.half = c.half * Counter.weight(i) + c.value * x
    return c.value


# -- lists -------------------------------------------------------------------------------------------------------


@program([0.4, 7], [0.4, 0], second=True)
def list_growing(x, n):
    xs = [x]
    for i in range(n):
        xs.append(math.sin(xs[-1]) + xs[i // 2])
    return sum([v * v for v in xs])


@program([1.3, 0.01], [40.0, 0.5])
def list_filled_by_while(x, tol):
    steps = []
    while abs(x - 1.0) > tol:
        x = math.sqrt(x)
        steps.append((x, len(steps)))
    total = 0.0
    for value, k in steps:
        total += value * k
    return total + x


@program([vec(6)], [vec(1)])
def list_stack_machine(a):
    stack = []
    for v in a:
        stack.append(v)
        while len(stack) > 2:
            q = stack.pop()
            p = stack.pop()
            stack.append(p * q + 0.1)
    return sum(stack)


@program([0.7, 3], [0.7, 1])
def list_shared_by_names(x, n):
    a = [x, 2.0 * x]
    b = a
    c = a[:]
    for i in range(n):
        b[0] = b[0] * x
        a[1] += c[0]
    return a[0] + 3.0 * b[1] + c[1]


def push_twice(xs, v):
    xs.append(v)
    xs.append(v * v)
    return len(xs)


@program([0.7, 4], [0.7, 0])
def list_changed_by_helper(x, n):
    xs = []
    count = 0
    for i in range(n):
        count = push_twice(xs, x + i)
    return sum(xs) + count


@program([0.7])
def list_nested_and_dict(x):
    table = {"a": [x, x * x], "b": []}
    table["b"].append(table["a"])
    table["a"][0] = 5.0 * x
    table["c"] = {"deep": x**3}
    table["c"]["deep"] += table["b"][0][0]
    total = 0.0
    for key in table:
        if key != "c":
            total += len(table[key])
    return total + table["c"]["deep"] + table["b"][0][1]


@program([vec(5), 1], [vec(5), 4])
def list_index_at_run_time(a, k):
    xs = [a[0], a[1], a[2], a[3], a[4]]
    xs[k] = xs[k - 1] * 3.0
    ys = [0.0] * len(a)
    for i in range(len(a)):
        ys[i] = xs[i] * a[len(a) - 1 - i]
    return ys[0] + ys[k] * 2.0 + sum(ys)


@program([vec(6)], [vec(2)])
def list_as_array(a):
    xs = []
    for v in a:
        if v > 0.6:
            xs.append(v * v)
    b = np.array(xs)
    return float(np.sum(b * b)) if len(xs) > 0 else 0.0


@program([0.6, 5])
def list_insert_and_delete(x, n):
    xs = [0.5, 1.5]
    for i in range(n):
        xs.insert(1, x * i)
    xs.insert(0, x)
    last = xs.pop()
    second = xs.pop(1)
    xs.reverse()
    return xs[0] * last + second * xs[-1] + xs[2]


@program([0.6, 3], [0.6, 0])
def dict_of_parameters(x, n):
    params = {"rate": x, "scale": 2.0}
    params.update(rate=x * 2.0, offset=0.25)
    for i in range(n):
        params["scale"] = params["scale"] * params["rate"]
    options = {**params, "offset": params.pop("offset") + 1.0}
    return options["scale"] + options["offset"] * options.get("missing", x)


def scaled(x, *rest, factor=1.0, **options):
    options.setdefault("shift", 0.5)
    total = x * factor + options["shift"]
    for r in rest:
        total += r * options.get("weight", 1.0)
    return total


@program([0.6])
def dict_keyword_arguments(x):
    given = {"factor": x, "weight": 2.0}
    return scaled(x, 1.0, x, **given) + scaled(x) + scaled(*[x, 2.0], shift=x * x)
