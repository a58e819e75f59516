"""Every drawing there is: importing a module registers what it can draw."""

from db.demo.art import (
    accessories,
    carry,
    desk,
    furniture,
    garden,
    kitchen,
    larder,
    lighting,
    linen,
    living,
    nursery,
    tableware,
    trail,
    wardrobe,
)
from db.demo.art.canvas import KINDS

MODULES = (
    accessories,
    carry,
    desk,
    furniture,
    garden,
    kitchen,
    larder,
    lighting,
    linen,
    living,
    nursery,
    tableware,
    trail,
    wardrobe,
)

__all__ = ["KINDS", "MODULES"]
