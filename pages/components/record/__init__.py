"""The parts of which pages of records are made: forms, links, follow-ups, history, deletion."""
