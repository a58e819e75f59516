-- What PostGraphile makes its schema from: the storefront's part of the tables, as views. Money stays in hundredths.
-- Joins that a question does not need cost nothing: PostgreSQL leaves out a left join on a unique key.
DROP SCHEMA IF EXISTS bench_storefront CASCADE;
CREATE SCHEMA bench_storefront;
SET search_path = bench_storefront, public;

CREATE FUNCTION primary_market() RETURNS int LANGUAGE sql STABLE AS 'SELECT id FROM public.markets WHERE is_primary';
COMMENT ON FUNCTION primary_market() IS '@behavior -*';

CREATE VIEW shops AS SELECT id, name FROM public.shops;
CREATE FUNCTION shop() RETURNS shops LANGUAGE sql STABLE AS 'SELECT * FROM bench_storefront.shops';

CREATE VIEW products AS
  SELECT p.id, p.handle, title, vendor, product_type, description_html, r.minimum AS minimum_price,
         r.maximum AS maximum_price, m.currency_code,
         (SELECT count(*)::int FROM public.reviews WHERE product_id = p.id AND status = 'published') AS rating_count,
         (SELECT avg(rating)::float8 FROM public.reviews WHERE product_id = p.id AND status = 'published')
           AS rating_average
    FROM public.products p
    LEFT JOIN public.product_prices r ON r.product_id = p.id AND r.market_id = (SELECT primary_market())
    LEFT JOIN public.markets m ON m.id = (SELECT primary_market())
   WHERE status = 'active' AND published_at <= now();
COMMENT ON VIEW products IS E'@primaryKey id\n@unique handle';

CREATE VIEW variants AS
  SELECT v.id, v.product_id, position, title, sku, r.amount, r.compare_at_amount, m.currency_code,
         CASE WHEN inventory_tracker IS NULL OR inventory_policy = 'continue' THEN true
              ELSE (SELECT coalesce(sum(on_hand - reserved), 0) > 0 FROM public.inventory_levels WHERE variant_id = v.id)
         END AS available_for_sale
    FROM public.variants v
    LEFT JOIN public.variant_prices r ON r.variant_id = v.id AND r.market_id = (SELECT primary_market())
    LEFT JOIN public.markets m ON m.id = (SELECT primary_market());
COMMENT ON VIEW variants IS
  E'@primaryKey id\n@foreignKey (product_id) references products (id)|@foreignFieldName variants|@fieldName product';
COMMENT ON COLUMN variants.position IS E'@isIndexed\n@behavior +orderBy';

CREATE VIEW images AS
  SELECT id, product_id, position, source AS url, alt AS alt_text, width, height
    FROM public.media WHERE kind = 'IMAGE';
COMMENT ON VIEW images IS
  E'@primaryKey id\n@foreignKey (product_id) references products (id)|@foreignFieldName images|@fieldName product';
COMMENT ON COLUMN images.position IS E'@isIndexed\n@behavior +orderBy';

CREATE VIEW reviews AS
  SELECT id, product_id, rating, title, body, author, created_at FROM public.reviews WHERE status = 'published';
COMMENT ON VIEW reviews IS
  E'@primaryKey id\n@foreignKey (product_id) references products (id)|@foreignFieldName reviews|@fieldName product';
COMMENT ON COLUMN reviews.created_at IS E'@isIndexed\n@behavior +orderBy';

CREATE VIEW carts AS
  SELECT c.id, token, (SELECT coalesce(sum(quantity), 0)::int FROM public.cart_lines WHERE cart_id = c.id)
           AS total_quantity,
         (SELECT coalesce(sum(quantity * amount), 0)::bigint FROM public.cart_lines l
            JOIN public.variant_prices r ON r.variant_id = l.variant_id AND r.market_id = (SELECT primary_market())
           WHERE cart_id = c.id) AS total_amount,
         (SELECT currency_code FROM public.markets WHERE is_primary) AS currency_code
    FROM public.carts c;
COMMENT ON VIEW carts IS E'@primaryKey id\n@unique token';

CREATE VIEW cart_lines AS SELECT id, cart_id, key, variant_id, quantity FROM public.cart_lines;
COMMENT ON VIEW cart_lines IS E'@primaryKey id\n'
  '@foreignKey (cart_id) references carts (id)|@foreignFieldName lines|@fieldName cart\n'
  '@foreignKey (variant_id) references variants (id)|@fieldName merchandise|@behavior -manyRelation:resource:connection';

CREATE TYPE cart_addition AS (cart_id bigint, warnings text[]);
COMMENT ON TYPE cart_addition IS E'@foreignKey (cart_id) references carts (id)|@fieldName cart';

-- The checks of the textbook server; what it answers as a user error is an exception here, as PostGraphile advises.
CREATE FUNCTION add_lines(token text, variants bigint[], quantities int[]) RETURNS cart_addition
  LANGUAGE plpgsql VOLATILE SET search_path = public AS $$
DECLARE
  addition bench_storefront.cart_addition;
BEGIN
  UPDATE carts SET version = version + 1, updated_at = now() WHERE carts.token = add_lines.token
    RETURNING id INTO addition.cart_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The specified cart does not exist.';
  END IF;
  IF EXISTS (
    SELECT FROM unnest(variants) AS wanted (id)
     WHERE NOT EXISTS (SELECT FROM public.variants v WHERE v.id = wanted.id)
  ) THEN
    RAISE EXCEPTION 'The merchandise does not exist.';
  END IF;
  WITH wanted AS (
    SELECT v.id, coalesce(l.quantity, 0) + w.quantity AS quantity,
           CASE WHEN inventory_tracker IS NOT NULL AND inventory_policy <> 'continue' THEN
             (SELECT coalesce(sum(on_hand - reserved), 0)::int FROM inventory_levels WHERE variant_id = v.id)
           END AS free
      FROM (SELECT id, sum(pieces)::int AS quantity FROM unnest(variants, quantities) AS lines (id, pieces) GROUP BY id) w
      JOIN public.variants v ON v.id = w.id
      LEFT JOIN cart_lines l ON l.cart_id = addition.cart_id AND l.variant_id = v.id
           AND l.attributes_hash = encode(sha256('[]'), 'hex')
  ), put AS (
    INSERT INTO cart_lines (cart_id, key, variant_id, quantity, attributes, attributes_hash)
    SELECT addition.cart_id, gen_random_uuid(), id, least(quantity, free), '[]', encode(sha256('[]'), 'hex') FROM wanted
        ON CONFLICT (cart_id, variant_id, attributes_hash) DO UPDATE SET quantity = excluded.quantity
  )
  SELECT coalesce(array_agg('Only ' || free || ' pieces are there.') FILTER (WHERE quantity > free), '{}')
    INTO addition.warnings FROM wanted;
  RETURN addition;
END $$;
COMMENT ON FUNCTION add_lines(text, bigint[], int[]) IS E'@name cartLinesAdd\n@resultFieldName addition';
