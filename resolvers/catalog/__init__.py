"""What the shop offers: products, variants, media, collections and their metafields."""
