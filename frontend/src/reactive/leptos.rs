#[cfg(feature = "element")]
use any_spawner::Executor;
use reactive_graph::effect::RenderEffect;
#[cfg(feature = "element")]
use reactive_graph::owner;
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Notify, Track};

pub(crate) use reactive_graph::owner::on_cleanup;

/// What effects follow.
#[derive(Debug, Default)]
pub(crate) struct Trigger(ArcTrigger);

impl Trigger {
    /// Lets the effect that runs now run again at the next [`notify`](Self::notify).
    pub(crate) fn track(&self) {
        self.0.track();
    }

    pub(crate) fn notify(&self) {
        self.0.notify();
    }
}

/// Runs something now and whenever what it follows has changed, until this is dropped.
pub(crate) struct Effect {
    #[expect(dead_code, reason = "held for its Drop")]
    effect: RenderEffect<()>,
}

impl Effect {
    pub(crate) fn new(mut run: Box<dyn FnMut()>) -> Self {
        Self { effect: RenderEffect::new(move |_| run()) }
    }
}

/// Ends what was made in it.
#[cfg(feature = "element")]
pub(crate) struct Owner(owner::Owner);

#[cfg(feature = "element")]
impl Owner {
    /// Returns what `begin` makes, with its owner.
    pub(crate) fn of<T>(begin: impl FnOnce() -> T) -> (Self, T) {
        // Fails where another panel, or the application around it, has done it.
        drop(Executor::init_wasm_bindgen());
        let owner = owner::Owner::new();
        let made = owner.with(begin);
        (Self(owner), made)
    }

    pub(crate) fn end(&self) {
        self.0.cleanup();
    }
}
