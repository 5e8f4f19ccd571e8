use super::*;

#[test]
fn an_effect_runs_again_once_for_all_that_has_changed() {
    let (first, second) = (Rc::new(Trigger::default()), Rc::new(Trigger::default()));
    let runs = Rc::new(Cell::new(0));
    let effect = follow(&[&first, &second, &first], &runs);
    assert_eq!(runs.get(), 1, "at once");

    first.notify();
    second.notify();
    assert_eq!(runs.get(), 1, "after all that runs now");
    run_due();
    assert_eq!(runs.get(), 2);

    drop(effect);
    first.notify();
    run_due();
    assert_eq!(runs.get(), 2, "it has ended");
}

#[test]
fn what_an_effect_read_last_time_only_does_not_move_it() {
    let (choice, other) = (Rc::new(Trigger::default()), Rc::new(Trigger::default()));
    let runs = Rc::new(Cell::new(0));
    let effect = {
        let (choice, other, runs) = (Rc::clone(&choice), Rc::clone(&other), Rc::clone(&runs));
        Effect::new(Box::new(move || {
            choice.track();
            if runs.replace(runs.get() + 1) == 0 {
                other.track();
            }
        }))
    };
    choice.notify();
    run_due();

    other.notify();
    run_due();

    assert_eq!(runs.get(), 2);
    drop(effect);
}

#[test]
fn an_effect_inside_of_another_follows_for_itself() {
    let (outer, inner) = (Rc::new(Trigger::default()), Rc::new(Trigger::default()));
    let (outer_runs, inner_runs) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let effect = {
        let (outer, inner) = (Rc::clone(&outer), Rc::clone(&inner));
        let (outer_runs, inner_runs) = (Rc::clone(&outer_runs), Rc::clone(&inner_runs));
        let child = RefCell::new(None);
        Effect::new(Box::new(move || {
            outer_runs.set(outer_runs.get() + 1);
            child.replace(Some(follow(&[&inner], &inner_runs)));
            outer.track();
        }))
    };
    inner.notify();
    run_due();
    assert_eq!((outer_runs.get(), inner_runs.get()), (1, 2));

    outer.notify();
    inner.notify();
    run_due();
    assert_eq!((outer_runs.get(), inner_runs.get()), (2, 3), "the child that was due is gone");
    drop(effect);
}

#[test]
fn an_owner_ends_what_was_made_in_it() {
    let ended = Rc::new(RefCell::new(Vec::new()));
    let note = |name| {
        let ended = Rc::clone(&ended);
        on_cleanup(move || ended.borrow_mut().push(name));
    };
    let (outer, inner) = Owner::of(|| {
        note("first");
        let (inner, ()) = Owner::of(|| note("inner"));
        note("last");
        inner
    });

    inner.end();
    assert_eq!(*ended.borrow(), ["inner"]);
    outer.end();
    outer.end();
    assert_eq!(*ended.borrow(), ["inner", "first", "last"]);
}

fn follow(triggers: &[&Rc<Trigger>], runs: &Rc<Cell<u32>>) -> Effect {
    let triggers: Vec<_> = triggers.iter().map(|trigger| Rc::clone(trigger)).collect();
    let runs = Rc::clone(runs);
    Effect::new(Box::new(move || {
        runs.set(runs.get() + 1);
        for trigger in &triggers {
            trigger.track();
        }
    }))
}
