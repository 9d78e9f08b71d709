//! Days, months and times.

use super::widgets;

widgets! { gallery_dates:
    "native-dates" => async |it| {
        it.fills("textbox", "Day", "2027-05-03").await?;
        it.fills("textbox", "Time", "14:45").await?;
        it.fills("textbox", "Month", "2027-07").await?;
        it.fills("textbox", "Week", "2027-W09").await?;
        it.fills("textbox", "Start", "2027-06-01T08:30").await?;
    }
    "date-picker" => async |it| {
        it.clicks("button", "Open calendar").await?;
        it.reads("December 2027").await?;
        it.clicks("button", "Next month").await?;
        it.clicks("button", "Next month").await?;
        it.clicks("button", "14 February 2028").await?;
    }
    "range-picker" => async |it| {
        it.clicks("button", "Add dates").await?;
        it.clicks("button", "June 10, 2027").await?;
        it.reads("Choose the last day").await?;
        it.clicks("button", "June 13, 2027").await?;
    }
    "time-columns" => async |it| {
        while !it.shows("Hour 06").await {
            it.turns_wheel("listbox", "Hour", 96).await?;
        }
        it.clicks("option", "Hour 06").await?;
        while !it.shows("Minute 45").await {
            it.turns_wheel("listbox", "Minute", 96).await?;
        }
        it.clicks("option", "Minute 45").await?;
        it.reads("Alarm at 06:45").await?;
    }
    "month-grid" => async |it| {
        it.clicks("button", "Expires: not set").await?;
        it.clicks("button", "Later years").await?;
        it.clicks("button", "2031").await?;
        it.clicks("button", "Sep").await?;
    }
}
