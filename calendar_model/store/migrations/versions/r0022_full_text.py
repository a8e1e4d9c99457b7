"""The words of delivered statements and of proposed language, in the database's own full-text search."""

from __future__ import annotations

from alembic import op

from calendar_model.store import full_text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OF = ("statement", "language_proposal")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE full_text ("
            "record_id VARCHAR(32) NOT NULL "
            "CONSTRAINT fk_full_text_record_id_record REFERENCES record (id) ON DELETE CASCADE, "
            "part VARCHAR(32) NOT NULL, folded TEXT NOT NULL, "
            "words TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(folded), ' '))) STORED, "
            "CONSTRAINT pk_full_text PRIMARY KEY (record_id, part))"
        )
        op.execute("CREATE INDEX ix_full_text_words ON full_text USING gin (words)")
    else:
        # Words are separated and folded before they get here, and no letter outside of ASCII separates any.
        op.execute(
            "CREATE VIRTUAL TABLE full_text "
            "USING fts5 (record_id UNINDEXED, part UNINDEXED, folded, tokenize = 'ascii')"
        )
        for table in _OF:
            op.execute(
                f"CREATE TRIGGER {table}_leaves_full_text AFTER DELETE ON {table} FOR EACH ROW "
                "BEGIN DELETE FROM full_text WHERE record_id = OLD.id; END"
            )
    full_text.rebuild(connection)


def downgrade() -> None:
    # It is made anew from the texts.
    if op.get_bind().dialect.name != "postgresql":
        for table in _OF:
            op.execute(f"DROP TRIGGER {table}_leaves_full_text")
    op.execute("DROP TABLE full_text")
