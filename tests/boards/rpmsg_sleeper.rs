// SPDX-License-Identifier: GPL-2.0

//! A client whose callback sleeps until told otherwise, for the scenario `sleeper`.
//!
//! It sends messages to whoever is at the other end of a channel "rpmsg-sleeper", expects them
//! back, and sleeps over the first. A channel "rpmsg-waker" gets one message back, and wakes it.
//! For one of "rpmsg-borrower" it takes a buffer, and sends nothing.

use amp::module_state::{
    Filled,
    ModuleState, //
};
use kernel::{
    device::{
        Bound,
        Core, //
    },
    driver::Registration,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        Completion, //
    },
    InPlaceModule, //
};
use rpmsg::Wait;

/// What a sleeping callback waits for.
static MORNING: ModuleState<Arc<Completion>> = ModuleState::new();

/// Messages that are sent on the sleeper's channel: more than there are buffers.
const MESSAGES: u32 = 300;

#[derive(Clone, Copy)]
enum Role {
    Sleeper,
    Waker,
    Borrower,
}

struct Client {
    role: Role,
    morning: Arc<Completion>,
    received: Atomic<u32>,
}

rpmsg::device_table!(
    ID_TABLE,
    Role,
    [
        ("rpmsg-sleeper", Role::Sleeper),
        ("rpmsg-waker", Role::Waker),
        ("rpmsg-borrower", Role::Borrower)
    ]
);

impl Client {
    fn new(dev: &rpmsg::Device<Core<'_>>, role: Option<&Role>) -> Result<Self> {
        let role = *role.ok_or(EINVAL)?;
        let messages = match role {
            Role::Sleeper => MESSAGES,
            Role::Waker => 1,
            Role::Borrower => {
                drop(dev.port()?.buffer(Wait::No)?);
                0
            }
        };
        let morning = (*MORNING.get().ok_or(ENODEV)?).clone();

        for _ in 0..messages {
            dev.send(b"good night")?;
        }
        Ok(Self {
            role,
            morning,
            received: Atomic::new(0),
        })
    }
}

impl rpmsg::Driver for Client {
    type IdInfo = Role;
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<Role> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        role: Option<&'bound Role>,
    ) -> impl PinInit<Self, Error> + 'bound {
        Self::new(dev, role)
    }

    fn receive(dev: &rpmsg::Device<Bound>, client: Pin<&Self>, _: rpmsg::Message<'_>) -> Result {
        let received = client.received.fetch_add(1, Relaxed) + 1;

        match client.role {
            Role::Waker => client.morning.complete_all(),
            Role::Sleeper if received == 1 => {
                dev_info!(dev, "asleep\n");
                client.morning.wait_for_completion();
                dev_info!(dev, "awake\n");
            }
            Role::Sleeper if received == MESSAGES => dev_info!(dev, "{} messages\n", received),
            Role::Sleeper | Role::Borrower => {}
        }
        Ok(())
    }
}

#[pin_data]
struct Sleeper {
    // Dropped in this order: the drivers' data goes first.
    #[pin]
    _driver: Registration<rpmsg::Adapter<Client>>,
    _morning: Filled<Arc<Completion>>,
}

impl InPlaceModule for Sleeper {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _morning: MORNING.fill(Arc::pin_init(Completion::new(), GFP_KERNEL)?)?,
            _driver <- Registration::new(c"rpmsg_sleeper", module),
        })
    }
}

module! {
    type: Sleeper,
    name: "rpmsg_sleeper",
    authors: ["The AMP/IPC framework contributors"],
    description: "A client whose callback sleeps",
    license: "GPL",
}
