"""The objects of a scene, one function per class.

Every function takes a random generator and a height in pixels, and returns an RGBA
image cropped to the visible pixels, so that it has the size of the object's box.
"""

from dev.drawing.pen import Pen, shade

WALLS = ("#e8d5b7", "#d9b99b", "#c8d5d0", "#efe3d0", "#c9b6a6", "#dfc9c0")
ROOFS = ("#9c4a3c", "#7d4f4f", "#5f6b76", "#8a5a3b", "#6d5d6e")
LEAVES = ("#5f8f4e", "#4d7c4f", "#7aa35a", "#3f6f4a", "#93a84f")
PAINTS = ("#c0473b", "#3f6ea5", "#e0a83a", "#5b8c7b", "#8c8f96", "#f0efe9", "#3b4250")
SHIRTS = ("#c75b4a", "#41729f", "#e3b04b", "#6a8d73", "#8d6a9f", "#e8e3d9", "#46494c")
TROUSERS = ("#33415c", "#4a4e69", "#5c4d43", "#2f3e46", "#6b705c")
SKINS = ("#f1c9a5", "#d9a577", "#a9745b", "#7c4f3a")
HAIRS = ("#2b2320", "#5a3b28", "#8b5e3c", "#c9a15a", "#77726d")
COATS = ("#8a5a35", "#c49a6c", "#3c3836", "#e2d4bf", "#a9713f")
GLASS, TIRE, RIM, DARK = "#bcd7e2", "#26282b", "#b9bec4", "#3a3d42"


def house(rng, height):
    """A house with a gable roof, a door and windows."""
    pen = Pen(height * rng.uniform(1.05, 1.35), height)
    wall, roof = rng.choice(WALLS), rng.choice(ROOFS)
    if rng.random() < 0.7:
        pen.rectangle(0.68, 0.02, 0.78, 0.35, "#8d6e63")
    pen.rectangle(0.06, 0.40, 0.94, 1.0, wall)
    pen.polygon([(0.0, 0.42), (0.5, 0.04), (1.0, 0.42)], roof)
    pen.rectangle(0.43, 0.66, 0.57, 1.0, "#6b4a38", 0.01)
    pen.disk(0.545, 0.84, 0.012, "#e6c35c")
    for x in (0.14, 0.68):
        pen.rectangle(x, 0.52, x + 0.18, 0.76, "#fbf7ef")
        pen.rectangle(x + 0.015, 0.54, x + 0.165, 0.74, GLASS)
        pen.line([(x + 0.09, 0.54), (x + 0.09, 0.74)], "#fbf7ef", 0.012)
    pen.disk(0.5, 0.27, 0.055, "#fbf7ef")
    pen.disk(0.5, 0.27, 0.042, GLASS)
    return pen.sprite()


def tree(rng, height):
    """A round tree or a fir."""
    leaf = rng.choice(LEAVES)
    if rng.random() < 0.35:
        pen = Pen(height * 0.5, height)
        pen.rectangle(0.44, 0.8, 0.56, 1.0, "#6f4e37")
        for top, bottom, half in ((0.0, 0.4, 0.3), (0.2, 0.64, 0.4), (0.42, 0.88, 0.5)):
            points = [(0.5 - half, bottom), (0.5, top), (0.5 + half, bottom)]
            pen.polygon(points, "#3d6b4f")
        return pen.sprite()
    pen = Pen(height * rng.uniform(0.62, 0.75), height)
    pen.rectangle(0.45, 0.55, 0.55, 1.0, "#6f4e37", 0.01)
    pen.line([(0.5, 0.72), (0.68, 0.52)], "#6f4e37", 0.025)
    for x, y, r in ((0.5, 0.22, 0.21), (0.29, 0.38, 0.2), (0.71, 0.38, 0.2)):
        pen.disk(x, y, r, leaf)
    pen.disk(0.5, 0.45, 0.2, leaf)
    for _ in range(6):
        x, y = rng.uniform(0.25, 0.75), rng.uniform(0.12, 0.5)
        pen.disk(x, y, 0.03, shade(leaf, 1.12))
    return pen.sprite()


def car(rng, height):
    """A car, seen from the side."""
    pen = Pen(height * rng.uniform(2.3, 2.6), height)
    paint = rng.choice(PAINTS)
    pen.polygon([(0.16, 0.46), (0.3, 0.06), (0.68, 0.06), (0.83, 0.46)], paint)
    pen.polygon([(0.22, 0.44), (0.33, 0.14), (0.48, 0.14), (0.48, 0.44)], GLASS)
    pen.polygon([(0.51, 0.44), (0.51, 0.14), (0.65, 0.14), (0.76, 0.44)], GLASS)
    pen.rectangle(0.0, 0.42, 1.0, 0.82, paint, 0.14)
    pen.rectangle(0.0, 0.66, 1.0, 0.82, shade(paint, 0.8), 0.08)
    pen.rectangle(0.95, 0.5, 1.0, 0.6, "#f7e7a1", 0.03)
    pen.rectangle(0.0, 0.5, 0.04, 0.6, "#d94f3d", 0.03)
    pen.rectangle(0.5, 0.54, 0.57, 0.58, DARK, 0.02)
    _wheels(pen, (0.21, 0.79), 0.8, 0.19)
    return pen.sprite()


def truck(rng, height):
    """A truck with a box body, seen from the side."""
    pen = Pen(height * rng.uniform(1.9, 2.2), height)
    cab, body = rng.choice(PAINTS), rng.choice(("#e9e6df", "#c9d1d6", "#d8c9a8"))
    pen.rectangle(0.0, 0.02, 0.68, 0.78, body, 0.02)
    for x in (0.14, 0.28, 0.42, 0.56):
        pen.line([(x, 0.06), (x, 0.74)], shade(body, 0.9), 0.012)
    pen.rectangle(0.0, 0.34, 0.68, 0.44, cab)
    pen.rectangle(0.71, 0.26, 0.97, 0.84, cab, 0.07)
    pen.rectangle(0.66, 0.7, 0.99, 0.86, cab, 0.03)
    pen.rectangle(0.8, 0.32, 0.965, 0.54, GLASS, 0.03)
    pen.rectangle(0.0, 0.76, 0.72, 0.84, DARK)
    pen.rectangle(0.965, 0.68, 1.0, 0.76, "#f7e7a1", 0.02)
    _wheels(pen, (0.14, 0.3, 0.84), 0.86, 0.14)
    return pen.sprite()


def person(rng, height):
    """A person, walking or standing, seen from the front."""
    pen = Pen(height * 0.38, height)
    skin, shirt = rng.choice(SKINS), rng.choice(SHIRTS)
    legs, hair = rng.choice(TROUSERS), rng.choice(HAIRS)
    spread = rng.uniform(0.02, 0.14)
    for side in (-1, 1):
        foot = 0.5 + side * (0.14 + spread)
        pen.line([(0.5 + side * 0.12, 0.54), (foot, 0.93)], legs, 0.085)
        pen.rectangle(foot - 0.12, 0.94, foot + 0.14, 1.0, "#2b2b2b", 0.02)
        hand = 0.5 + side * (0.33 + spread)
        pen.line([(0.5 + side * 0.24, 0.24), (hand, 0.53)], shirt, 0.06)
        pen.disk(hand, 0.55, 0.03, skin)
    pen.rectangle(0.22, 0.19, 0.78, 0.58, shirt, 0.07)
    pen.rectangle(0.42, 0.13, 0.58, 0.21, skin)
    pen.disk(0.5, 0.085, 0.075, hair)
    pen.disk(0.5, 0.1, 0.065, skin)
    if rng.random() < 0.4:
        pen.rectangle(0.29, 0.04, 0.34, 0.2, hair, 0.01)
        pen.rectangle(0.66, 0.04, 0.71, 0.2, hair, 0.01)
    return pen.sprite()


def bicycle(rng, height):
    """A bicycle, seen from the side."""
    pen = Pen(height * 1.62, height)
    frame = rng.choice(PAINTS[:4])
    for x in (0.2, 0.8):
        pen.ring(x, 0.68, 0.315, TIRE, 0.035)
        pen.ring(x, 0.68, 0.28, RIM, 0.012)
        for dx, dy in ((0.17, 0.0), (0.0, 0.28), (0.12, 0.2), (-0.12, 0.2)):
            pen.line([(x - dx, 0.68 - dy), (x + dx, 0.68 + dy)], "#9aa0a6", 0.006)
    pedal, saddle, head = (0.45, 0.68), (0.38, 0.26), (0.7, 0.24)
    pen.line([(0.2, 0.68), pedal, (0.72, 0.34), (0.4, 0.34), (0.2, 0.68)], frame, 0.035)
    pen.line([pedal, saddle], frame, 0.035)
    pen.line([(0.8, 0.68), head, (0.76, 0.1)], frame, 0.035)
    pen.line([(0.76, 0.1), (0.84, 0.13)], DARK, 0.04)
    pen.line([(0.32, 0.24), (0.45, 0.24)], DARK, 0.06)
    pen.disk(*pedal, 0.06, DARK)
    return pen.sprite()


def dog(rng, height):
    """A dog, seen from the side."""
    pen = Pen(height * 1.35, height)
    coat = rng.choice(COATS)
    pen.line([(0.14, 0.46), (0.03, 0.22)], coat, 0.06)
    for x in (0.2, 0.3, 0.6, 0.7):
        pen.line([(x, 0.6), (x + rng.uniform(-0.03, 0.03), 0.96)], coat, 0.085)
    pen.rectangle(0.12, 0.38, 0.76, 0.72, coat, 0.16)
    pen.line([(0.7, 0.5), (0.8, 0.28)], coat, 0.2)
    pen.ellipse(0.68, 0.06, 0.94, 0.4, coat)
    pen.rectangle(0.82, 0.2, 1.0, 0.38, coat, 0.07)
    pen.polygon([(0.68, 0.1), (0.78, 0.06), (0.72, 0.36)], shade(coat, 0.65))
    pen.disk(0.985, 0.24, 0.03, "#1f1b1a")
    pen.disk(0.85, 0.2, 0.022, "#1f1b1a")
    pen.line([(0.7, 0.42), (0.84, 0.46)], rng.choice(("#c0473b", "#3f6ea5")), 0.05)
    return pen.sprite()


def _wheels(pen, positions, y, radius):
    for x in positions:
        pen.disk(x, y, radius, TIRE)
        pen.disk(x, y, radius * 0.55, RIM)
        pen.disk(x, y, radius * 0.2, DARK)
