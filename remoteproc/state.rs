// SPDX-License-Identifier: GPL-2.0

//! The life cycle of a remote processor: which states there are, and what leads from one to
//! another. Pure logic; whoever changes a state asks [`State::after`].

use core::fmt;

/// What a remote processor is doing. The numbers are those of `enum rproc_state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum State {
    /// Held in reset.
    Offline = 0,
    /// Running firmware, asleep; must be woken before it is talked to.
    Suspended = 1,
    /// Running firmware that this kernel loaded.
    Running = 2,
    /// Crashed; its memory is as the crash left it.
    Crashed = 3,
    /// Running firmware that somebody else loaded, used by this kernel.
    Attached = 4,
    /// Running firmware that somebody else loaded, not used by this kernel.
    Detached = 5,
    /// Unregistered; nothing leads away from here. C code takes it for "invalid".
    Deleted = 6,
}

/// What may happen to a remote processor. An event stands for an action that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Firmware was loaded and reset released.
    Start,
    /// Reset was asserted.
    Stop,
    /// It crashed.
    Crash,
    /// It went to sleep.
    Suspend,
    /// It woke up.
    Resume,
    /// Linux took over one that runs already.
    Attach,
    /// Linux let go of one, which goes on.
    Detach,
    /// Its driver takes it away.
    Delete,
}

/// Every transition that there is: in this state, this may happen, and leads there.
const TRANSITIONS: &[(State, Event, State)] = &[
    (State::Offline, Event::Start, State::Running),
    (State::Running, Event::Stop, State::Offline),
    (State::Running, Event::Crash, State::Crashed),
    (State::Running, Event::Suspend, State::Suspended),
    (State::Suspended, Event::Resume, State::Running),
    (State::Suspended, Event::Stop, State::Offline),
    (State::Suspended, Event::Crash, State::Crashed),
    (State::Crashed, Event::Stop, State::Offline),
    (State::Crashed, Event::Detach, State::Detached),
    (State::Detached, Event::Attach, State::Attached),
    (State::Attached, Event::Detach, State::Detached),
    (State::Attached, Event::Stop, State::Offline),
    (State::Attached, Event::Crash, State::Crashed),
    (State::Offline, Event::Delete, State::Deleted),
    (State::Detached, Event::Delete, State::Deleted),
];

/// All states.
pub const STATES: [State; 7] = [
    State::Offline,
    State::Suspended,
    State::Running,
    State::Crashed,
    State::Attached,
    State::Detached,
    State::Deleted,
];

/// All events.
pub const EVENTS: [Event; 8] = [
    Event::Start,
    Event::Stop,
    Event::Crash,
    Event::Suspend,
    Event::Resume,
    Event::Attach,
    Event::Detach,
    Event::Delete,
];

/// An event that the present state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The present state; it stays.
    pub state: State,
    /// What should have happened.
    pub event: Event,
}

impl State {
    /// The state that `event` leads to.
    ///
    /// # Errors
    ///
    /// [`Refused`] if it can't happen in this state.
    pub fn after(self, event: Event) -> Result<State, Refused> {
        TRANSITIONS
            .iter()
            .find(|(from, on, _)| *from == self && *on == event)
            .map(|(_, _, to)| *to)
            .ok_or(Refused { state: self, event })
    }

    /// Whether `event` may happen now.
    pub fn allows(self, event: Event) -> bool {
        self.after(event).is_ok()
    }

    /// The name, as users see it in sysfs.
    pub fn name(self) -> &'static str {
        match self {
            State::Offline => "offline",
            State::Suspended => "suspended",
            State::Running => "running",
            State::Crashed => "crashed",
            State::Attached => "attached",
            State::Detached => "detached",
            State::Deleted => "deleted",
        }
    }

    /// The name of a number that C code may have written; "invalid" if it is none of a state.
    pub fn name_of(number: u32) -> &'static str {
        STATES
            .iter()
            // CAST: The states' numbers are u32.
            .find(|state| **state as u32 == number)
            .map_or("invalid", |state| state.name())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match self.event {
            Event::Start => "start",
            Event::Stop => "stop",
            Event::Crash => "crash",
            Event::Suspend => "suspend",
            Event::Resume => "resume",
            Event::Attach => "attach to",
            Event::Detach => "detach from",
            Event::Delete => "remove",
        };
        write!(
            f,
            "can't {action} a processor that is {}",
            self.state.name()
        )
    }
}
