"""Pages, blogs, menus, metaobjects and redirects."""
