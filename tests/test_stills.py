"""Still pictures of every kind, read as a browser shows them."""

from __future__ import annotations

import base64
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from sora_nb import display
from sora_nb.engines.draw import backdrop
from sora_nb.stills import as_seen

CORNERS = np.array([[(200, 40, 50), (40, 170, 60)], [(50, 60, 190), (220, 200, 70)]], np.uint8)
PICTURE = CORNERS.repeat(24, 0).repeat(32, 1)


def reopened(image, kind="PNG", **how):
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return Image.open(buffer)


def corners(image):
    rgb = np.asarray(image.convert("RGB"), int)
    height, width = rgb.shape[:2]
    return np.array([[rgb[y, x] for x in (width // 4, 3 * width // 4)] for y in (height // 4, 3 * height // 4)])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr"])
def test_every_mode_has_the_same_colours(mode):
    kind = {"CMYK": "TIFF", "YCbCr": "TIFF"}.get(mode, "PNG")
    picture = Image.fromarray(PICTURE)
    seen = as_seen(reopened(picture.quantize(8) if mode == "P" else picture.convert(mode), kind))
    assert seen.mode == "RGB"
    assert np.abs(corners(seen) - CORNERS).max() < 8


@pytest.mark.parametrize("level", [0, 1000, 30_000, 65_535])
def test_grey_of_16_bits_keeps_its_shade(level):
    image = reopened(Image.fromarray(np.full((20, 30), level, np.uint16)))
    assert abs(int(np.asarray(as_seen(image))[5, 5, 0]) - level / 257) <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_upright(orientation):
    """What a camera stores for each of the eight ways to hold it."""
    upright = Image.fromarray(PICTURE)
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(back[orientation]) if orientation in back else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = as_seen(reopened(stored, "JPEG", exif=exif, quality=95))
    assert seen.size == upright.size
    assert np.abs(corners(seen) - CORNERS).max() < 12


def test_what_is_transparent_is_seen_over_white():
    rgba = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 255, np.uint8)])
    rgba[:24, :32, 3] = 0
    rgba[24:, 32:, 3] = 128
    seen = corners(as_seen(reopened(Image.fromarray(rgba))))
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert np.abs(seen[0, 1] - CORNERS[0, 1]).max() == 0
    assert np.abs(seen[1, 1] - (CORNERS[1, 1] / 2 + 127.5)).max() < 2


def test_a_palette_with_a_transparent_colour_is_seen_over_white():
    image = Image.fromarray(PICTURE).quantize(4)
    clear = image.getpixel((2, 2))
    seen = corners(as_seen(reopened(image, "PNG", transparency=clear)))
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert np.abs(seen[1, 0] - CORNERS[1, 0]).max() < 8


def display_p3():
    """The profile of sRGB with other primaries."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colorants = {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407),
    }
    for entry in range(132, 132 + 12 * struct.unpack_from(">I", profile, 128)[0], 12):
        if bytes(profile[entry : entry + 4]) in colorants:
            place = struct.unpack_from(">I", profile, entry + 4)[0] + 8
            struct.pack_into(
                ">3i", profile, place, *(round(v * 65536) for v in colorants[bytes(profile[entry : entry + 4])])
            )
    return bytes(profile)


def test_a_profile_of_colours_counts():
    """A photo of a phone: the reddest red of its screen is redder than that of sRGB, and fills it."""
    photo = Image.fromarray(np.full((20, 30, 3), (200, 60, 40), np.uint8))
    red, green, blue = as_seen(reopened(photo, icc_profile=display_p3())).getpixel((3, 3))
    assert red > 212
    assert green < 50
    assert blue < 35


@pytest.mark.parametrize("profile", [b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()])
def test_a_profile_that_is_none_does_not_count(profile):
    grey = Image.fromarray(np.full((20, 30, 3), 90, np.uint8))
    assert as_seen(reopened(grey, icc_profile=profile)).getpixel((3, 3)) == (90, 90, 90)


def test_cards_and_references_show_a_picture_alike(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = tmp_path / "photo.jpg"
    Image.fromarray(PICTURE).transpose(Image.Transpose.ROTATE_90).convert("CMYK").save(photo, exif=exif, quality=95)
    card = Image.open(io.BytesIO(base64.b64decode(display.data_url(photo, 48).partition(",")[2])))
    reference = Image.fromarray((backdrop.load(photo) * 255).round().astype(np.uint8))
    assert card.size == (48, 36)
    assert reference.size == (64, 48)
    assert np.abs(corners(card) - CORNERS).max() < 16
    assert np.abs(corners(reference) - CORNERS).max() < 16
