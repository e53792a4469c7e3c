"""An epidemic in a small town, for every pair of how catching a disease is and how soon people recover.

Task n is one cell of the picture: beta grows to the right, gamma downwards. Its colour tells how many fell ill.
"""

import random

COLUMNS, ROWS, CELL = 32, 20, 12
PEOPLE, DAYS, TOWNS = 300, 120, 3


def epidemic(beta, gamma, draw):
    """Days of chance: each of the healthy may fall ill, each of the ill may recover."""
    healthy, ill, peak = PEOPLE - 3, 3, 3
    for _ in range(DAYS):
        if ill == 0:
            break
        risk = 1 - (1 - beta / PEOPLE) ** ill
        caught = sum(draw() < risk for _ in range(healthy))
        cured = sum(draw() < gamma for _ in range(ill))
        healthy -= caught
        ill += caught - cured
        peak = max(peak, ill)
    return PEOPLE - healthy, peak


def colour(share):
    """From deep blue over teal to yellow, in whole numbers."""
    stops = [(30, 20, 70), (30, 120, 140), (250, 225, 60)]
    at = share * (len(stops) - 1)
    left = min(int(at), len(stops) - 2)
    return [round(a + (b - a) * (at - left)) for a, b in zip(stops[left], stops[left + 1])]


def main(n, ctx):
    column, row = n % COLUMNS, n // COLUMNS
    beta = 0.05 + 0.75 * column / (COLUMNS - 1)
    gamma = 0.03 + 0.37 * row / (ROWS - 1)
    draws = random.Random(n)
    towns = [epidemic(beta, gamma, draws.random) for _ in range(TOWNS)]
    ill = sum(count for count, _ in towns)
    share = ill / (PEOPLE * TOWNS)
    return {
        "beta": beta,
        "gamma": gamma,
        "attack": share,
        "peak": max(peak for _, peak in towns),
        "x": column * CELL,
        "y": row * CELL,
        "width": CELL,
        "height": CELL,
        "rgba": bytes([*colour(share), 255]) * (CELL * CELL),
    }
