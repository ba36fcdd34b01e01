"""a loop over a range of more than 2**63 items did not run at all"""

def f(x, h):
    for i in range(-h, h):
        x = x * 0.5
        if i > -h + 3:
            break
    return x


CALLS = (
    "(0.75, 7)",
    "(0.75, 0)",
    "(0.75, 2**63 - 1)",
    "(0.75, -5)",
    "(0.75, 2**62)",
)
SEED = 979102361
PROFILE = "raw"
