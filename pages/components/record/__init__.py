"""The parts of the pages of records: forms, links, follow-ups, history, deletion."""
