"""The record of the forecasts: how good they were, what they could know, and the document that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_model.cycles import SessionForecasts, month_window
from calendar_model.cycles.expected_days import ForecastSettings
from calendar_model.cycles.forecast_report import VARIATIONS, as_markdown, as_values, error_words, variations
from calendar_model.cycles.record import (
    FIRST_YEAR,
    Figures,
    Forecasted,
    ForecastTrial,
    figures,
    held,
    of_followed_bodies,
    record,
    session_trials,
    usual_notice,
)
from calendar_model.reference import Reference
from calendar_model.reference.rows import Session
from calendar_model.vocabulary import Precision, Standing
from tests.conftest import DATA
from tests.day import TODAY

PUBLISHED = DATA.parent / "docs" / "FORECASTS.md"


@pytest.fixture(scope="module")
def trials(reference: Reference) -> tuple[ForecastTrial, ...]:
    return record(reference, TODAY)


def with_session(reference: Reference, code: str, **changes: object) -> Reference:
    row = reference.sessions[code].model_copy(update=changes)
    sessions = {**reference.sessions, code: row}
    of_body = tuple(sessions[one.code] for one in reference.sessions_of[row.body])
    changed = replace(reference, sessions=sessions)
    assert [one.code for one in changed.sessions_of[row.body]] == [one.code for one in of_body]
    return changed


class TestFigures:
    def trial(self, error: int | None, low: int = 0, high: int = 0, naive: int | None = None) -> ForecastTrial:
        day = date(2024, 3, 4)
        expected = day - timedelta(days=error) if error is not None else None
        return ForecastTrial(
            kind=Forecasted.SESSION,
            body="a-body",
            series="a-season",
            name="A season",
            item="A1",
            year=2024,
            stood_on=date(2023, 3, 31),
            actual=day,
            expected=expected,
            earliest=expected + timedelta(days=low) if expected else None,
            latest=expected + timedelta(days=high) if expected else None,
            naive=day - timedelta(days=naive) if naive is not None else None,
        )

    def test_each_is_counted_by_its_error(self) -> None:
        found = figures(
            [
                self.trial(0, high=7, naive=0),
                self.trial(1, high=7, naive=7),
                self.trial(-7, low=-6, high=7, naive=-8),
                self.trial(8, high=14),
                self.trial(None, naive=0),
            ]
        )
        assert found == Figures(
            trials=4,
            exact=1,
            within_1=2,
            within_7=3,
            covered=3,
            width=10,
            without=1,
            naive=3,
            naive_exact=1,
            naive_within_7=2,
        )

    def test_without_forecasts_there_are_no_figures(self) -> None:
        assert figures([]) == Figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def test_an_error_is_positive_when_the_day_came_later(self) -> None:
        assert [self.trial(error).error for error in (8, -8, 0, None)] == [8, -8, 0, None]
        assert [self.trial(error).has_large_error for error in (8, 7, -8, None)] == [True, False, True, False]


class TestAims:
    def test_sessions_of_the_followed_bodies_are_forecast_as_well_as_promised(
        self, reference: Reference, trials: tuple[ForecastTrial, ...]
    ) -> None:
        found = figures(held(of_followed_bodies(reference, trials)))
        assert found.trials >= 70
        assert found.without == 0
        assert found.exact / found.trials >= 0.75
        assert found.within_7 / found.trials >= 0.97
        assert 0.90 <= found.covered / found.trials <= 0.98
        assert found.width <= 10
        assert found.naive_exact / found.naive < found.exact / found.trials

    def test_closes_are_in_their_interval_in_nine_of_ten(self, trials: tuple[ForecastTrial, ...]) -> None:
        found = figures(trial for trial in held(trials) if trial.kind is Forecasted.CLOSE)
        assert found.covered / found.trials >= 0.90

    def test_large_errors_of_followed_bodies_are_explained(
        self, reference: Reference, trials: tuple[ForecastTrial, ...]
    ) -> None:
        followed = {track.body for track in reference.tracks.values()}
        kinds = (Forecasted.SESSION, Forecasted.CLOSE)
        large = [t for t in trials if t.has_large_error and t.body in followed and t.kind in kinds]
        assert large
        assert [trial.item for trial in large if not trial.note] == []

    def test_every_large_error_is_explained_in_words(self, trials: tuple[ForecastTrial, ...]) -> None:
        assert all(error_words(trial) for trial in trials if trial.has_large_error)

    def test_every_kind_is_tried(self, trials: tuple[ForecastTrial, ...]) -> None:
        assert {trial.kind for trial in trials} == set(Forecasted)
        assert all(trial.year >= FIRST_YEAR for trial in trials if trial.kind is not Forecasted.MILESTONE)

    def test_only_what_is_past_is_held(self, trials: tuple[ForecastTrial, ...]) -> None:
        assert all(trial.actual <= TODAY for trial in held(trials) if trial.kind is not Forecasted.CLOSE)
        assert [trial.actual > TODAY for trial in trials if not trial.is_held] != []


class TestHindsight:
    def test_each_stands_before_what_it_forecasts(self, trials: tuple[ForecastTrial, ...]) -> None:
        assert all(trial.stood_on < trial.actual for trial in trials)
        ahead = [(t.actual - t.stood_on).days for t in trials if t.kind is Forecasted.SESSION]
        assert min(ahead) >= 300

    def test_a_session_stands_at_the_end_of_last_years_opening_months(
        self, reference: Reference, trials: tuple[ForecastTrial, ...]
    ) -> None:
        for trial in trials:
            if trial.kind is Forecasted.SESSION:
                season = reference.seasons[trial.series]
                assert trial.stood_on == month_window(trial.year - 1, season.opens_from, season.opens_until)[1]

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_no_forecast_changes_with_what_came_later(self, reference: Reference, data: st.DataObject) -> None:
        """Whatever a later session, meeting, text or rule is changed to, the forecast stays."""
        stood_on = data.draw(st.dates(date(2015, 1, 1), date(2024, 12, 31)))
        shift = timedelta(days=data.draw(st.integers(-40, 40)))

        def moved(row: Session) -> Session:
            if (row.known_from or row.start) <= stood_on or row.start + shift <= stood_on:
                return row
            return row.model_copy(update={"start": row.start + shift, "end": row.end + shift})

        changed = replace(
            reference,
            sessions={code: moved(row) for code, row in reference.sessions.items()},
            meetings=tuple(
                row.model_copy(update={"start": row.start + shift, "end": row.end + shift})
                if min(row.start, row.start + shift) > stood_on
                else row
                for row in reference.meetings
            ),
            resolutions=tuple(
                row.model_copy(update={"adopted": row.adopted + shift})
                if row.adopted and min(row.adopted, row.adopted + shift) > stood_on
                else row
                for row in reference.resolutions
            ),
            date_rules=tuple(rule for rule in reference.date_rules if rule.known_from <= stood_on),
        )
        before, after = (SessionForecasts(one, stood_on) for one in (reference, changed))
        for season in reference.seasons:
            for year in (stood_on.year + 1, stood_on.year + 2):
                assert before.in_season(season, year) == after.in_season(season, year)

    def test_a_rule_counts_from_the_day_on_which_it_was_known(self, trials: tuple[ForecastTrial, ...]) -> None:
        opened = {trial.year: trial for trial in trials if trial.series == "ga-regular"}
        assert (opened[2022].error, opened[2023].error, opened[2024].error) == (0, -7, 0)


class TestIntervals:
    def test_every_interval_holds_its_day(self, trials: tuple[ForecastTrial, ...]) -> None:
        made = [trial for trial in trials if trial.expected is not None]
        assert made
        for trial in made:
            assert trial.earliest is not None
            assert trial.latest is not None
            assert trial.earliest <= trial.expected <= trial.latest  # type: ignore[operator]

    @pytest.mark.parametrize("year", range(2027, 2032))
    def test_closes_and_openings_of_coming_sessions_hold_their_days(self, reference: Reference, year: int) -> None:
        forecasts = SessionForecasts(reference, TODAY)
        for season in reference.seasons:
            forecast = forecasts.in_season(season, year)
            assert forecast is not None
            for days in (forecasts.opening(forecast), forecasts.closing(forecast)):
                assert days.day is not None
                assert days.earliest <= days.day <= days.latest


class TestSettings:
    def test_the_usual_numbers_are_the_engines_own(
        self, reference: Reference, trials: tuple[ForecastTrial, ...]
    ) -> None:
        first, found = next(iter(variations(reference, TODAY)))
        assert first == ForecastSettings() == VARIATIONS[0]
        assert found == figures(held(of_followed_bodies(reference, trials)))

    def test_other_numbers_give_other_forecasts_and_leave_the_usual_ones(self, reference: Reference) -> None:
        usual = session_trials(reference, TODAY)
        others = session_trials(reference, TODAY, ForecastSettings(decay=0.5, change=0.4, unusual=0))
        assert others != usual
        assert session_trials(reference, TODAY) == usual


class TestNotice:
    def known(self, reference: Reference, days: dict[str, int]) -> Reference:
        for code, ahead in days.items():
            reference = with_session(reference, code, known_from=reference.sessions[code].start - timedelta(days=ahead))
        return reference

    def test_the_usual_notice_is_the_median_of_three(self, reference: Reference) -> None:
        changed = self.known(reference, {"HRC58": 100, "HRC59": 130, "HRC60": 170, "HRC63": 160})
        assert usual_notice(changed, "un-hrc") == 145

    def test_two_are_not_enough(self, reference: Reference) -> None:
        assert usual_notice(self.known(reference, {"UPR49": 100, "UPR50": 130}), "un-hrc-upr") is None
        assert usual_notice(reference, "no-such-body") is None

    def test_an_announced_session_says_how_far_it_moved_and_how_early_it_was_known(self, reference: Reference) -> None:
        days = {"start": date(2027, 3, 1), "end": date(2027, 4, 9), "date_precision": Precision.DAY}
        changed = with_session(reference, "HRC64", **days, standing=Standing.CONFIRMED, known_from=date(2026, 10, 1))
        trial = next(t for t in session_trials(changed, TODAY) if t.item == "HRC64")
        assert (trial.is_held, trial.expected, trial.error, trial.notice) == (False, date(2027, 2, 22), 7, 151)


class TestDocument:
    def test_the_published_record_is_what_the_engine_says(self, reference: Reference) -> None:
        assert PUBLISHED.read_text(encoding="utf-8") == as_markdown(reference, TODAY)

    def test_the_values_hold_every_forecast(self, reference: Reference, trials: tuple[ForecastTrial, ...]) -> None:
        values = as_values(reference, TODAY)
        assert len(values["forecasts"]) == len(trials)
        assert values["kinds"]["session"]["trials"] == figures(t for t in trials if t.kind == "session").trials
        assert [one["decay"] for one in values["settings"]] == [one.decay for one in VARIATIONS]
        first = next(one for one in values["forecasts"] if one["item"] == "HRC44" and one["kind"] == "session")
        assert (first["expected"], first["actual"], first["error"]) == ("2020-06-15", "2020-06-30", 15)
        assert first["explanation"]
