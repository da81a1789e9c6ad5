"""The empty street behind a scene."""

from PIL import Image, ImageDraw, ImageFilter

SKIES = (("#8fc1e3", "#e6f1f5"), ("#7fb2d9", "#f7ead7"), ("#a9b7c6", "#e3e5e6"))
HILLS = ("#a8c3a0", "#9db7a8", "#b3c79b")
MEADOWS = ("#9cba79", "#8fb27a", "#a9c07d")

# Vertical positions, as fractions of the height.
HORIZON, PAVEMENT, ROAD, VERGE = 0.52, 0.60, 0.655, 0.85


def draw(rng, size):
    """Returns a street under a sky, as an RGB image.

    Args:
        rng: a :class:`random.Random`
        size: the ``(width, height)`` in pixels
    """
    width, height = size
    image = _sky(rng, size)
    pen = ImageDraw.Draw(image)
    hill = rng.choice(HILLS)
    for _ in range(3):
        x, span = rng.uniform(0, width), rng.uniform(0.5, 0.9) * width
        top = (HORIZON - rng.uniform(0.05, 0.12)) * height
        pen.ellipse([x - span / 2, top, x + span / 2, top + 0.4 * height], fill=hill)
    meadow = rng.choice(MEADOWS)
    pen.rectangle([0, HORIZON * height, width, height], fill=meadow)
    pen.rectangle([0, PAVEMENT * height, width, ROAD * height], fill="#d3cdc1")
    pen.rectangle([0, ROAD * height, width, VERGE * height], fill="#6f747b")
    pen.rectangle([0, (VERGE - 0.012) * height, width, VERGE * height], fill="#c9c3b6")
    _dashes(pen, size, rng.uniform(0, 80))
    for _ in range(60):
        x, y = rng.uniform(0, width), rng.uniform(VERGE + 0.02, 0.99) * height
        pen.line([x, y, x + 1.5, y - 4], fill="#86a866")
    return image


def _sky(rng, size):
    width, height = size
    top, bottom = rng.choice(SKIES)
    ramp = Image.linear_gradient("L").resize((width, round(HORIZON * height)))
    ramp = ramp.crop((0, 0, width, height)).convert("L")
    low, high = Image.new("RGB", size, bottom), Image.new("RGB", size, top)
    sky = Image.composite(low, high, ramp)
    clouds = Image.new("L", size)
    pen = ImageDraw.Draw(clouds)
    for _ in range(rng.randint(1, 4)):
        x, y = rng.uniform(0, width), rng.uniform(0.05, 0.25) * height
        for _ in range(5):
            dx, r = rng.uniform(-45, 45), rng.uniform(12, 24)
            pen.ellipse([x + dx - 1.6 * r, y - r, x + dx + 1.6 * r, y + r], fill=190)
    soft = clouds.filter(ImageFilter.GaussianBlur(4))
    sky.paste(Image.new("RGB", size, "#ffffff"), mask=soft)
    return sky


def _dashes(pen, size, offset):
    width, height = size
    y = (ROAD + VERGE) / 2 * height
    for x in range(-80, width + 80, 80):
        pen.rectangle([x + offset, y - 2, x + offset + 40, y + 2], fill="#e8e4d4")
