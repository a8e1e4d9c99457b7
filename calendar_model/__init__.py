"""The domain behind the dashboard, without a user interface: reference, cycles, calendar, feeds and figures."""
