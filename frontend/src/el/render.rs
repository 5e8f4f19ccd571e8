use std::cell::RefCell;
use std::rc::Rc;

use crate::dom::document;
use crate::task::queue_microtask;
use reactive_graph::effect::RenderEffect;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, Node};

use super::{Child, El, Tag, Value, Words};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element in the document, with what keeps it up to date. Dropping this ends that and removes the element.
pub(crate) struct Rendered {
    element: Element,
    kept: Vec<Kept>,
}

type Children = Rc<RefCell<Vec<Rendered>>>;

#[expect(dead_code, reason = "held for their Drop")]
enum Kept {
    Effect(RenderEffect<()>),
    Live(RenderEffect<()>, Children),
    Listener(Closure<dyn FnMut(Event)>),
    Child(Rendered),
}

impl Drop for Rendered {
    fn drop(&mut self) {
        for kept in &self.kept {
            // The task behind the effect ends later, and would keep the children up to date until then.
            if let Kept::Live(_, children) = kept {
                drop(children.take());
            }
        }
        self.element.remove();
    }
}

/// Puts `child` at the end of `parent`.
pub(crate) fn render(parent: &Node, child: El) -> Rendered {
    insert(parent, child, None)
}

/// None of the calls below fails: names of elements and attributes are constants of this crate, and every parent is one
/// that we made.
fn insert(parent: &Node, El(el): El, before: Option<&Node>) -> Rendered {
    let element = match el.tag {
        Tag::Html(tag) => document().create_element(tag),
        Tag::Svg(tag) => document().create_element_ns(Some(SVG), tag),
    };
    let element = element.expect("the name of an element is valid");
    let mut kept = Vec::new();
    for (name, value) in el.attributes {
        kept.extend(attribute(&element, name, value).map(Kept::Effect));
    }
    for (event, listener) in el.listeners {
        let listener = Closure::wrap(listener);
        drop(element.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref()));
        kept.push(Kept::Listener(listener));
    }
    for child in el.children {
        kept.extend(add(&element, child));
    }
    drop(parent.insert_before(&element, before));
    if let Some(on_mount) = el.on_mount {
        let element = element.clone().unchecked_into();
        queue_microtask(move || on_mount(element));
    }
    Rendered { element, kept }
}

fn attribute(element: &Element, name: &'static str, value: Value) -> Option<RenderEffect<()>> {
    let text: Box<dyn Fn() -> Option<Words>> = match value {
        Value::Always(Words::Still(text)) => {
            drop(element.set_attribute(name, &text));
            return None;
        }
        Value::Always(Words::Live(text)) => Box::new(move || Some(Words::Still(text()))),
        Value::Sometimes(text) => Box::new(move || text().map(Words::from)),
    };
    let element = element.clone();
    Some(follow(Box::new(move || {
        if let Some(Words::Still(text)) = text() {
            drop(element.set_attribute(name, &text));
        } else {
            drop(element.remove_attribute(name));
        }
    })))
}

fn add(parent: &Element, child: Child) -> Option<Kept> {
    match child {
        Child::Element(child) => Some(Kept::Child(render(parent, child))),
        Child::Text(Words::Still(text)) => {
            drop(parent.append_child(&document().create_text_node(&text)));
            None
        }
        Child::Text(Words::Live(text)) => {
            let node = document().create_text_node("");
            drop(parent.append_child(&node));
            Some(Kept::Effect(follow(Box::new(move || {
                let text = text();
                // A live region would announce the same text again.
                if node.data() != *text {
                    node.set_data(&text);
                }
            }))))
        }
        Child::Live(make) => {
            let end = document().create_comment("");
            drop(parent.append_child(&end));
            let parent = parent.clone();
            let children = Children::default();
            let shown = Rc::clone(&children);
            let effect = follow(Box::new(move || {
                if let Some(new) = make() {
                    drop(shown.take());
                    shown.replace(new.into_iter().map(|el| insert(&parent, el, Some(&end))).collect());
                }
            }));
            Some(Kept::Live(effect, children))
        }
    }
}

/// Runs `effect` now and whenever a signal that it reads has changed. Of one type, as `RenderEffect`s of different types
/// share no code.
fn follow(mut effect: Box<dyn FnMut()>) -> RenderEffect<()> {
    RenderEffect::new(move |_| effect())
}
