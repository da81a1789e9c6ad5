"""A pen for a small transparent canvas, in units of the canvas."""

from PIL import Image, ImageColor, ImageDraw

_OVERSAMPLING = 4


def shade(color, factor):
    """Returns a color made darker (``factor`` below 1) or lighter (above 1)."""
    return tuple(min(255, round(c * factor)) for c in ImageColor.getrgb(color))


class Pen:
    """Draws smooth shapes; coordinates run from (0, 0), top-left, to (1, 1).

    Args:
        width: the width of the canvas, in pixels
        height: its height, in pixels
    """

    def __init__(self, width, height):
        self.size = (max(2, round(width)), max(2, round(height)))
        big = tuple(side * _OVERSAMPLING for side in self.size)
        self._image = Image.new("RGBA", big, (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._image)

    def rectangle(self, x0, y0, x1, y1, color, radius=0.0):
        """Fills a rectangle with corners rounded by ``radius``, in canvas heights."""
        box = [*self._at(x0, y0), *self._at(x1, y1)]
        self._draw.rounded_rectangle(box, radius * self._image.height, fill=color)

    def ellipse(self, x0, y0, x1, y1, color):
        """Fills the ellipse inscribed in a rectangle."""
        self._draw.ellipse([*self._at(x0, y0), *self._at(x1, y1)], fill=color)

    def disk(self, x, y, radius, color):
        """Fills a disk; ``radius`` is in canvas heights."""
        (cx, cy), r = self._at(x, y), radius * self._image.height
        self._draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=color)

    def ring(self, x, y, radius, color, width):
        """Draws a circle; ``radius`` and ``width`` are in canvas heights."""
        (cx, cy), r = self._at(x, y), radius * self._image.height
        stroke = max(1, round(width * self._image.height))
        self._draw.ellipse(
            [cx - r, cy - r, cx + r, cy + r], outline=color, width=stroke
        )

    def polygon(self, points, color):
        """Fills a polygon."""
        self._draw.polygon([self._at(x, y) for x, y in points], fill=color)

    def line(self, points, color, width):
        """Draws a line with round joints; ``width`` is in canvas heights."""
        corners = [self._at(x, y) for x, y in points]
        stroke = max(1, round(width * self._image.height))
        self._draw.line(corners, fill=color, width=stroke, joint="curve")
        r = stroke / 2
        for x, y in corners:
            self._draw.ellipse([x - r, y - r, x + r, y + r], fill=color)

    def sprite(self):
        """Returns the drawing as an RGBA image, cropped to its visible pixels."""
        image = self._image.resize(self.size, Image.Resampling.LANCZOS)
        visible = image.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
        return image.crop(visible.getbbox())

    def _at(self, x, y):
        return x * (self._image.width - 1), y * (self._image.height - 1)
