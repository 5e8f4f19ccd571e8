use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, Node};

use super::{El, Hear, Key, Make, Mount, Part, Words};
use crate::cut::{cut, pieces};
use crate::dom::document;
use crate::reactive::Effect;
use crate::task::queue_microtask;

const HTML: &str = "http://www.w3.org/1999/xhtml";
const SVG: &str = "http://www.w3.org/2000/svg";

/// What every class begins with.
const PREFIX: &str = "dtqr-";

/// An element in the document, with what keeps it up to date. Dropping this ends that and removes the element.
pub(crate) struct Rendered {
    element: Element,
    kept: Vec<Kept>,
}

type Children = Rc<RefCell<Vec<Rendered>>>;

#[expect(dead_code, reason = "held for their Drop")]
enum Kept {
    Effect(Effect),
    Live(Effect, Children),
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
    let element = create(el.spec);
    let mut kept = Vec::new();
    let mut mount: Option<Box<dyn Mount>> = None;
    for part in el.parts {
        match part {
            Part::Attribute(name, value) => kept.extend(attribute(&element, name, value)),
            Part::Listener(event, listener) => kept.push(listen(&element, event, listener)),
            Part::Text(text) => kept.extend(write(&element, text)),
            Part::Child(child) => kept.push(Kept::Child(render(&element, child))),
            Part::Live(key, make) => kept.push(follow_children(&element, key, make)),
            Part::Mount(on_mount) => mount = Some(on_mount),
        }
    }
    drop(parent.insert_before(&element, before));
    if let Some(mount) = mount {
        let element = element.clone().unchecked_into();
        queue_microtask(Box::new(move || mount.mounted(element)));
    }
    Rendered { element, kept }
}

/// Makes the element that `spec` describes.
fn create(spec: &str) -> Element {
    let mut attributes = pieces(spec, b'[');
    let mut names = pieces(attributes.next().unwrap_or_default(), b'.');
    let tag = names.next().unwrap_or_default();
    let namespace = if matches!(tag, "svg" | "path" | "rect") { SVG } else { HTML };
    let element =
        document().create_element_ns(Some(namespace), tag).expect("the name of an element is valid");
    let (mut class, mut part) = (String::new(), String::new());
    let mut space = "";
    for name in names {
        class = class + space + PREFIX + name;
        part = part + space + name;
        space = " ";
    }
    if !part.is_empty() {
        set(&element, "class", &class);
        set(&element, "part", &part);
    }
    for attribute in attributes {
        let attribute = attribute.strip_suffix(']').unwrap_or(attribute);
        let (name, value) = cut(attribute, b'=').unwrap_or((attribute, ""));
        set(&element, name, value);
    }
    element
}

fn set(element: &Element, name: &str, value: &str) {
    drop(element.set_attribute(name, value));
}

fn attribute(element: &Element, name: &'static str, value: Words) -> Option<Kept> {
    match value {
        Words::Still(text) => {
            set(element, name, &text);
            None
        }
        Words::Live(text) => {
            let element = element.clone();
            Some(Kept::Effect(Effect::new(Box::new(move || match text.say() {
                Some(text) => set(&element, name, &text),
                None => drop(element.remove_attribute(name)),
            }))))
        }
    }
}

fn listen(element: &Element, event: &str, listener: Box<dyn Hear>) -> Kept {
    let closure: Closure<dyn FnMut(Event)> = Closure::wrap(Box::new(move |event| listener.hear(&event)));
    drop(element.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
    Kept::Listener(closure)
}

fn write(element: &Element, text: Words) -> Option<Kept> {
    let node = document().create_text_node("");
    drop(element.append_child(&node));
    match text {
        Words::Still(text) => {
            node.set_data(&text);
            None
        }
        Words::Live(text) => Some(Kept::Effect(Effect::new(Box::new(move || {
            let text = text.say().unwrap_or_default();
            // A live region would announce the same text again.
            if node.data() != *text {
                node.set_data(&text);
            }
        })))),
    }
}

fn follow_children(parent: &Element, key: Option<Box<dyn Key>>, make: Box<dyn Make>) -> Kept {
    let end = document().create_text_node("");
    drop(parent.append_child(&end));
    let parent = parent.clone();
    let children = Children::default();
    let shown = Rc::clone(&children);
    let last = Cell::new(None);
    let effect = Effect::new(Box::new(move || {
        if let Some(key) = &key {
            let key = Some(key.key());
            if last.replace(key) == key {
                return;
            }
        }
        let new = make.make();
        drop(shown.take());
        let new = new.into_iter().map(|el| insert(&parent, el, Some(&end))).collect();
        shown.replace(new);
    }));
    Kept::Live(effect, children)
}
