"""A film as an animated GIF, put together from pictures."""

import pathlib

from PIL import Image

MAX_BYTES = 3_000_000
COLORS = 128


def join(folder, path):
    """Joins the pictures of a folder to an animated GIF that repeats.

    Args:
        folder: holds files ``NUMBER-MILLISECONDS.png``: the order of the pictures, and
            how long each is shown
        path: the GIF to write

    Raises:
        ValueError: if the GIF is larger than :data:`MAX_BYTES`
    """
    files = sorted(pathlib.Path(folder).glob("*.png"))
    pictures = [Image.open(file).convert("RGB") for file in files]
    # one palette for all, so that what does not move does not flicker
    first, *others = _quantized(pictures)
    first.save(
        path,
        save_all=True,
        append_images=others,
        duration=[int(file.stem.partition("-")[2]) for file in files],
        loop=0,
        optimize=True,
    )
    size = pathlib.Path(path).stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{path}: expected at most {MAX_BYTES} bytes, got {size}")


def _quantized(pictures):
    width, height = pictures[0].size
    sheet = Image.new("RGB", (width, height * len(pictures)))
    for k, picture in enumerate(pictures):
        sheet.paste(picture, (0, k * height))
    palette = sheet.quantize(COLORS, method=Image.Quantize.MEDIANCUT)
    return [
        picture.quantize(palette=palette, dither=Image.Dither.NONE)
        for picture in pictures
    ]
