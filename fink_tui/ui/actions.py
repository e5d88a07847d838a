"""Every action of the dashboard, once: keys, footer, help and palette are all made from this table."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does. `id` is what the configuration and the tests call it; `in_footer` where there is room."""

    id: str
    keys: str
    do: str
    label: str
    help: str
    in_footer: bool = False


APP = (
    Action("app.query", "1,f2", "show_tab('query')", "Query", "The tab that asks Fink"),
    Action("app.live", "2,f3", "show_tab('live')", "Live", "The tab that follows the topics"),
    Action("app.targets", "3,f4", "show_tab('targets')", "Targets", "The target list"),
    Action("app.sync", "4,f5", "show_tab('sync')", "Sync", "The tab that hands targets to a TOM"),
    Action("app.site", "at,f6", "next_site", "Site", "Observe from the next of your sites"),
    Action("app.palette", "colon,ctrl+p", "command_palette", "Actions", "Every action by its name", True),
    Action("app.help", "question_mark,f1", "show_help", "Help", "The keys in force here, and what is on screen", True),
    Action("app.quit", "q,ctrl+q", "quit", "Quit", "Leave; everything is stored already"),
)

ROWS = (
    Action("rows.down", "j,down", "cursor_down", "Down", "To the next row"),
    Action("rows.up", "k,up", "cursor_up", "Up", "To the row above"),
    Action("rows.top", "g,home", "cursor_top", "Top", "To the first row"),
    Action("rows.bottom", "G,end", "cursor_bottom", "Bottom", "To the last row"),
    Action("rows.page_down", "pagedown", "cursor_by(1.0)", "Page down", "One page down"),
    Action("rows.page_up", "pageup", "cursor_by(-1.0)", "Page up", "One page up"),
    Action("rows.half_down", "ctrl+d", "cursor_by(0.5)", "Half down", "Half a page down"),
    Action("rows.half_up", "ctrl+u", "cursor_by(-0.5)", "Half up", "Half a page up"),
    Action("rows.mark", "space", "mark", "Mark", "Mark the row, or take its mark away, and go on", True),
    Action("rows.open", "enter", "open", "Open", "Open the row", True),
)

# A verdict is for the marked targets, or for the one under the cursor, which then goes on to the next.
VERDICTS = (
    Action("list.follow", "t", "decide('follow')", "Target", "Follow: this one is worth telescope time", True),
    Action("list.watch", "w", "decide('watch')", "Watch", "Watch: keep an eye on it"),
    Action("list.reject", "x", "decide('reject')", "Reject", "Reject: not of interest", True),
    Action("list.done", "d", "decide('done')", "Done", "Done: nothing more to do for it"),
    Action("list.snooze", "z", "snooze", "Snooze", "Snooze until it has a new alert, or until a time"),
    Action("list.new", "n", "decide('new')", "New", "New again: undecided"),
    Action("list.priority", "P", "prioritise", "Priority", "Priority 1, 2, 3, none: each press the next"),
    Action("list.tag", "number_sign", "tag", "Tag", "Add tags; -word takes one away"),
    Action("list.note", "N", "note", "Note", "Add a note, dated now"),
    Action("list.rewrite", "ctrl+n", "rewrite_note", "Last note", "Change the last note, or empty it to take it away"),
    Action("list.join", "m", "join", "Join", "Join the marked targets: they are one thing on the sky"),
    Action("list.split", "M", "split", "Split", "Have an object leave the target; never joined unasked again"),
    Action("list.proposals", "a", "proposals", "May be one", "Targets on one spot: join or decline"),
    Action("list.undo", "u", "undo", "Undo", "Take back the last decision, also one of an earlier run", True),
    Action("list.redo", "U,ctrl+r", "redo", "Redo", "Do again what was taken back"),
)

LIST = (
    Action("list.filter", "slash", "filter", "Filter", "Show only what fits: words, or class~SN and mag<19", True),
    Action("list.sort", "S", "sort", "Sort", "Sort by one field or more: -rate mag"),
    Action("list.views", "v", "views", "Views", "Views: a filter and an order by a key each", True),
    Action("list.save_view", "V", "save_view", "Save view", "Keep this filter and order as a view with a key"),
    Action("list.journal", "L", "journal", "Journal", "What was decided, and taking any of it back"),
    Action("list.report", "R", "report", "Report", "The night's report in Markdown: what was seen and decided"),
    Action("list.sync", "s", "sync", "Sync", "Plan handing the marked targets, or those you follow, to a TOM"),
    Action("list.copy", "y", "copy_position", "Copy", "Copy the coordinates, in degrees"),
    Action("list.copy_as", "Y", "copy_as", "Copy as", "Copy the marked rows, or this one: a finder line, h m s, ..."),
    Action("list.export", "E", "export", "Export", "Write the marked rows, or those shown: .csv .json .vot .txt .reg"),
    Action("list.portal", "o", "portal", "Portal", "Show and copy the address of Fink's page of the object"),
    Action("list.back", "escape", "back", "Back", "Close the pane, else the filter, else take the marks away"),
)

PANE = (
    Action("pane.curve", "c", "next_curve", "Curve", "The light curve as difference or apparent magnitudes, or flux"),
    Action("pane.axis", "A", "next_axis", "Time axis", "Time as days before the newest, date, days since first, peak"),
    Action("pane.zoom_in", "plus,equals_sign", "zoom(0.5)", "Zoom in", "Half the time, about the point read out"),
    Action("pane.zoom_out", "minus", "zoom(2.0)", "Zoom out", "Twice the time"),
    Action("pane.zoom_off", "0", "zoom(0)", "Whole curve", "All of the light curve, and no point read out"),
    Action("pane.earlier", "h,left", "pan(-0.25)", "Earlier", "Move the light curve to earlier times"),
    Action("pane.later", "l,right", "pan(0.25)", "Later", "Move the light curve to later times"),
    Action("pane.before", "comma", "step(-1)", "Point before", "Read out the newest point, or the one before"),
    Action("pane.after", "full_stop", "step(1)", "Point after", "Read out the next point in time"),
    Action("pane.fold", "F", "fold", "Fold", "Fold the light curve by a period; one is looked for"),
    Action("pane.stretch", "i", "next_stretch", "Stretch", "Stretch the cutouts: asinh, linear, log, zscale"),
    Action("pane.explain", "f", "explain", "From what", "What each fact means and what it was worked out from"),
    Action("pane.down", "J,shift+down", "scroll_pane(1)", "Pane down", "Scroll what is known of the object"),
    Action("pane.up", "K,shift+up", "scroll_pane(-1)", "Pane up", "Scroll what is known of the object back"),
)

FEED = (
    Action("feed.pause", "p", "pause", "Pause", "Pause the streams, or go on", True),
    Action("feed.topics", "T", "topics", "Topics", "The topics followed: counts, lag, and which ones"),
)

QUERY = (
    Action("query.run", "ctrl+r", "run", "Ask", "Ask Fink what the form says, now and not from the cache", True),
    Action("query.edit", "e", "edit", "Edit", "Back to the form; what was typed is still there", True),
    Action("query.ask", "a", "ask_anything", "New", "To the top line, which takes anything typed or pasted"),
    Action("query.open", "enter", "open", "Open", "Fetch the whole light curve of the object"),
    Action("query.target", "t", "make_targets", "Target", "Make the object, or all marked ones, targets", True),
    Action("query.history", "H", "history", "History", "Queries asked before and those saved by name", True),
    Action("query.save", "V", "save", "Save", "Keep this query under a name"),
    Action("query.sort", "S", "sort", "Sort", "Sort the answer by one field or more: -n mag"),
    Action("query.filter", "slash", "filter", "Filter", "Show only what fits: words, or mag<19 and sep<5", True),
    Action(
        "query.export",
        "E",
        "export",
        "Export",
        "Write the rows shown: .csv .json .vot .txt .reg",
    ),
    Action("query.copy", "y", "copy_command", "Copy", "Copy the query as a command line"),
    Action("query.cancel", "ctrl+c", "cancel", "Cancel", "End what is asked at once"),
    Action("query.back", "escape", "back", "Back", "Cancel what is asked, else close the pane, else back to the form"),
)

SYNC = (
    Action("sync.send", "enter", "send", "Send", "Send what the plan shows", True),
    Action("sync.choose", "c", "choose", "Choose", "Choose a way out of the conflict under the cursor", True),
    Action("sync.skip", "x", "skip", "Skip", "Leave the target out this time", True),
    Action("sync.plan", "s", "plan", "Plan", "Plan again, the targets you follow or those last marked", True),
    Action("sync.photometry", "p", "photometry", "Photometry", "Plan with the light curves, or without", True),
    Action("sync.notes", "n", "notes", "Notes", "Plan with your notes, or without"),
    Action("sync.all", "a", "plan_all", "Followed", "Plan all the targets you follow"),
    Action("sync.tom", "m", "next_tom", "Next TOM", "Turn to the next of your TOMs"),
    Action("sync.details_down", "J,shift+down", "scroll_details(4)", "Details down", "Scroll what is said of the row"),
    Action("sync.details_up", "K,shift+up", "scroll_details(-4)", "Details up", "Scroll what is said of the row back"),
    Action("sync.back", "escape", "back", "Stop", "Stop between two writes; s goes on later", True),
)


def bindings(actions: tuple[Action, ...]) -> list[Binding]:
    """Textual's bindings for actions."""
    return [
        Binding(
            a.keys,
            a.do,
            a.label,
            id=a.id,
            tooltip=a.help,
            show=a.in_footer,
            key_display=_KEY_NAMES.get(a.id),
            priority=a.id in _FIRST,
        )
        for a in actions
    ]


# These keys have another meaning for the widget that has the focus.
_FIRST = ("query.cancel", "sync.send")
_KEY_NAMES = {"app.help": "?", "app.site": "@", "app.palette": ":", "list.filter": "/", "list.tag": "#"}
