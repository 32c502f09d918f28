// SPDX-License-Identifier: GPL-2.0

//! The life cycle of a remote processor: each event in each state.

use kernel::prelude::*;

#[kunit_tests(remoteproc_state)]
mod tests {
    use amp_bindings as bindings;
    use remoteproc::state::{
        Event,
        State,
        EVENTS,
        STATES, //
    };

    /// What is allowed, written down a second time and by event: a wrong entry in one of the two
    /// is found.
    fn expected(state: State, event: Event) -> Option<State> {
        match event {
            Event::Start => match state {
                State::Offline => Some(State::Running),
                _ => None,
            },
            Event::Stop => match state {
                State::Running | State::Suspended | State::Crashed | State::Attached => {
                    Some(State::Offline)
                }
                State::Offline | State::Detached | State::Deleted => None,
            },
            Event::Crash => match state {
                State::Running | State::Suspended | State::Attached => Some(State::Crashed),
                State::Offline | State::Crashed | State::Detached | State::Deleted => None,
            },
            Event::Suspend => match state {
                State::Running => Some(State::Suspended),
                _ => None,
            },
            Event::Resume => match state {
                State::Suspended => Some(State::Running),
                _ => None,
            },
            Event::Attach => match state {
                State::Detached => Some(State::Attached),
                _ => None,
            },
            Event::Detach => match state {
                State::Attached | State::Crashed => Some(State::Detached),
                _ => None,
            },
            Event::Delete => match state {
                State::Offline | State::Detached => Some(State::Deleted),
                _ => None,
            },
        }
    }

    #[test]
    fn each_event_in_each_state() {
        for state in STATES {
            for event in EVENTS {
                assert_eq!(state.after(event).ok(), expected(state, event));
                assert_eq!(state.allows(event), expected(state, event).is_some());
            }
        }
    }

    #[test]
    fn refusal_names_state_and_event() {
        let refused = State::Crashed.after(Event::Start).err();

        assert_eq!(refused.map(|refused| refused.state), Some(State::Crashed));
        assert_eq!(refused.map(|refused| refused.event), Some(Event::Start));
    }

    #[test]
    fn nothing_leads_out_of_deleted() {
        for event in EVENTS {
            assert!(!State::Deleted.allows(event));
        }
    }

    #[test]
    fn whatever_is_on_can_be_stopped() {
        for state in STATES {
            // What Linux powered, it must be able to get rid of, crashed or not.
            let on = State::Offline
                .after(Event::Start)
                .is_ok_and(|running| state == running)
                || matches!(state, State::Crashed | State::Suspended | State::Attached);
            assert_eq!(state.allows(Event::Stop), on);
        }
    }

    #[test]
    fn numbers_are_those_of_c() {
        assert_eq!(State::Offline as u32, bindings::rproc_state_RPROC_OFFLINE);
        assert_eq!(
            State::Suspended as u32,
            bindings::rproc_state_RPROC_SUSPENDED
        );
        assert_eq!(State::Running as u32, bindings::rproc_state_RPROC_RUNNING);
        assert_eq!(State::Crashed as u32, bindings::rproc_state_RPROC_CRASHED);
        assert_eq!(State::Attached as u32, bindings::rproc_state_RPROC_ATTACHED);
        assert_eq!(State::Detached as u32, bindings::rproc_state_RPROC_DETACHED);
        assert_eq!(State::Deleted as u32, bindings::rproc_state_RPROC_LAST);
    }

    #[test]
    fn names_are_those_of_sysfs() {
        for (number, name) in [
            "offline",
            "suspended",
            "running",
            "crashed",
            "attached",
            "detached",
            "deleted",
        ]
        .iter()
        .enumerate()
        {
            assert_eq!(State::name_of(number as u32), *name);
        }
        assert_eq!(State::name_of(7), "invalid");
        assert_eq!(State::name_of(u32::MAX), "invalid");
    }
}
