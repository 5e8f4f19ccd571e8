use crate::dom::window;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Event;

/// An event listener of the window that ends when this is dropped.
pub(crate) struct Listener {
    event: &'static str,
    closure: Closure<dyn Fn(Event)>,
}

impl Listener {
    pub(crate) fn new(event: &'static str, on_event: impl Fn(Event) + 'static) -> Self {
        let closure = Closure::<dyn Fn(Event)>::new(on_event);
        // Fails for a listener that is no function, which this one is.
        drop(window().add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
        Self { event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let listener = self.closure.as_ref().unchecked_ref();
        drop(window().remove_event_listener_with_callback(self.event, listener));
    }
}
