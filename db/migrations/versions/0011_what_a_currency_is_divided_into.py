"""What a currency is divided into

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"

SUBUNITS = {
    1: (
        "AFN ALL BIF BYR CLP DJF GNF IQD IRR ISK JPY KMF KRW LAK LBP MGA MMK PYG RSD RWF SLL SOS STD SYP UGX VND VUV "
        "XAF XOF XPF YER"
    ),
    100: (
        "AED AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
        "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR JEP "
        "JMD KES KGS KHR KID KYD KZT LKR LRD LSL LTL LVL MAD MDL MKD MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RUB SAR SBD SCR SDG SEK SGD SHP SRD SSP STN SZL THB TJS TMT TOP "
        "TRY TTD TWD TZS UAH USD UYU UZS VED VEF VES WST XCD XXX ZAR ZMW"
    ),
    1000: "BHD JOD KWD LYD OMR TND",
}
"""The currencies that the API has a name for."""


def upgrade() -> None:
    # In words of its own: Alembic would copy SQLite's table for the constraint.
    op.execute("ALTER TABLE markets ADD COLUMN subunits INTEGER CONSTRAINT ck_markets_subunits CHECK (subunits > 0)")
    markets = sa.table("markets", sa.column("currency_code"), sa.column("subunits"))
    for subunits, codes in SUBUNITS.items():
        op.execute(markets.update().where(markets.c.currency_code.in_(codes.split())).values(subunits=subunits))


def downgrade() -> None:
    op.drop_column("markets", "subunits")
