//! Work that falls into pieces, done by several threads where there are any (in a browser there are none). The results come
//! in the order of the pieces, whoever did them, so that the number of threads changes nothing but the time.

/// As many threads as there are cores.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// As many threads as there are: one.
#[cfg(target_arch = "wasm32")]
pub(crate) fn cores() -> usize {
    1
}

/// What `work` makes of each piece, by so many threads at most, each taking the next piece that is left. `progress` hears of
/// the pieces that this thread takes.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn each<T: Send>(
    pieces: usize,
    threads: usize,
    work: &(impl Fn(usize) -> T + Sync),
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<T> {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let next = &AtomicUsize::new(0);
    let take = move |told: &mut dyn FnMut(usize)| {
        let mut done = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return done;
            }
            told(piece);
            done.push((piece, work(piece)));
        }
    };
    let mut found = std::thread::scope(|scope| {
        let others = 1..threads.min(pieces);
        let others: Vec<_> = others.map(|_| scope.spawn(move || take(&mut |_| {}))).collect();
        let mut found = take(&mut |piece| progress(piece, pieces));
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    progress(pieces, pieces);
    found.sort_unstable_by_key(|(piece, _)| *piece);
    found.into_iter().map(|(_, result)| result).collect()
}

/// What `work` makes of each piece.
#[cfg(target_arch = "wasm32")]
pub(crate) fn each<T>(
    pieces: usize,
    _threads: usize,
    work: &impl Fn(usize) -> T,
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<T> {
    let one = |piece| {
        progress(piece, pieces);
        work(piece)
    };
    let found = (0..pieces).map(one).collect();
    progress(pieces, pieces);
    found
}

/// As [`each`], for work that uses threads itself and tells how far it is: `work` is given a piece, how many threads it may
/// use, and whom to tell. As long as there are as many pieces left as threads each is given one; the last few share them.
pub(crate) fn split<T: Send>(
    pieces: usize,
    threads: usize,
    work: &(impl Fn(usize, usize, &mut dyn FnMut(usize, usize)) -> T + Sync),
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<T> {
    let threads = threads.max(1);
    let last = pieces % threads;
    let first = pieces - last;
    let mut found = each(
        first,
        threads,
        &|piece| work(piece, 1, &mut |_, _| {}),
        &mut |done, _| {
            progress(done, pieces);
        },
    );
    if last == 1 {
        found.push(work(first, threads, progress));
    } else {
        let of_last = |piece: usize| work(first + piece, threads.div_ceil(last.max(1)), &mut |_, _| {});
        found.extend(each(last, threads, &of_last, &mut |done, _| {
            progress(first + done, pieces)
        }));
    }
    found
}

/// Who hears of everything that is handed round.
pub(crate) type Listener<'a, T> = Box<dyn FnMut(&T) + Send + 'a>;

/// Pieces that are on their way at a time.
#[cfg(not(target_arch = "wasm32"))]
const AHEAD: usize = 4;

/// Hands piece after piece to every listener, in order; `next` makes the next one in place of an earlier, and says whether
/// there was one. The maker and the listeners work beside each other, each as far ahead as the slowest allows.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn broadcast<T: Default + Send + Sync>(
    listeners: Vec<Listener<'_, T>>,
    threads: usize,
    next: &mut dyn FnMut(&mut T) -> bool,
) {
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;

    // Several to a core, so that a slow listener has few to share its turn with.
    let groups = (4 * threads).clamp(1, listeners.len().max(1));
    let mut shares: Vec<Vec<Listener<'_, T>>> = Vec::new();
    shares.resize_with(groups, Vec::new);
    for (place, listener) in listeners.into_iter().enumerate() {
        shares[place % groups].push(listener);
    }
    std::thread::scope(|scope| {
        let mut desks = Vec::with_capacity(groups);
        for mut share in shares {
            let (desk, pieces) = sync_channel::<Arc<T>>(AHEAD);
            desks.push(desk);
            scope.spawn(move || {
                for piece in pieces {
                    share.iter_mut().for_each(|listener| listener(&piece));
                }
            });
        }
        let mut used: Vec<Arc<T>> = Vec::new();
        loop {
            let free = used.iter().position(|piece| Arc::strong_count(piece) == 1);
            let mut piece = free.map_or_else(Arc::default, |place| used.swap_remove(place));
            let made = Arc::get_mut(&mut piece).is_some_and(&mut *next);
            // A listener that is gone has failed; the scope says so.
            if !made || desks.iter().any(|desk| desk.send(Arc::clone(&piece)).is_err()) {
                return;
            }
            used.push(piece);
        }
    });
}

/// Hands piece after piece to every listener, in order.
#[cfg(target_arch = "wasm32")]
pub(crate) fn broadcast<T: Default>(
    mut listeners: Vec<Listener<'_, T>>,
    _threads: usize,
    next: &mut dyn FnMut(&mut T) -> bool,
) {
    let mut piece = T::default();
    while next(&mut piece) {
        listeners.iter_mut().for_each(|listener| listener(&piece));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_share_the_threads_and_come_back_in_order() {
        let cases: [(usize, &[usize]); 7] = [
            (2, &[]),
            (4, &[4]),
            (5, &[3, 3]),
            (2, &[1, 1, 2]),
            (2, &[1, 1, 1, 1]),
            (3, &[1, 1, 1, 1, 1, 1, 3]),
            (0, &[1, 1]),
        ];
        for (threads, shares) in cases {
            let found = split(shares.len(), threads, &|piece, share, _| (piece, share), &mut |_, _| {});
            let expected: Vec<(usize, usize)> = shares.iter().copied().enumerate().collect();
            assert_eq!(found, expected, "{threads} threads");
        }
    }

    #[test]
    fn everyone_hears_every_piece_in_order() {
        for (listeners, threads) in [(0, 2), (1, 1), (3, 8), (9, 1)] {
            let mut heard = vec![Vec::new(); listeners];
            let mut made = 0;
            let all = heard
                .iter_mut()
                .map(|heard| -> Listener<'_, u32> { Box::new(|piece| heard.push(*piece)) });
            broadcast(all.collect(), threads, &mut |piece| {
                made += 1;
                *piece = made;
                made <= 300
            });
            assert!(
                heard.iter().all(|heard| heard.iter().copied().eq(1..=300)),
                "{listeners}"
            );
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_listener_that_fails_fails_here() {
        let deaf: Listener<'_, u32> = Box::new(|piece| assert!(*piece < 7));
        let mut made = 0;
        broadcast(vec![deaf], 2, &mut |piece| {
            made += 1;
            *piece = made;
            true
        });
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces_each_once() {
        for threads in [0, 1, 3, 40] {
            let mut told = Vec::new();
            let found = each(17, threads, &|piece| piece * piece, &mut |piece, of| {
                told.push((piece, of))
            });
            assert_eq!(found, (0..17).map(|piece| piece * piece).collect::<Vec<_>>());
            assert!(told.is_sorted() && told.last() == Some(&(17, 17)), "{told:?}");
        }
        assert!(each(0, 2, &|piece| piece, &mut |_, _| {}).is_empty());
    }

    #[test]
    fn one_piece_has_every_thread_and_is_heard() {
        let mut told = Vec::new();
        let work = |piece: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            told(5, 9);
            (piece, threads)
        };
        let mut hear = |done, of| told.push((done, of));
        assert_eq!(split(1, 4, &work, &mut hear), [(0, 4)]);
        assert_eq!(split(3, 4, &work, &mut hear), [(0, 2), (1, 2), (2, 2)]);
        assert_eq!(split(0, 4, &work, &mut hear), []);
        assert_eq!(told.iter().filter(|t| **t == (5, 9)).count(), 1, "{told:?}");
    }

    #[test]
    #[should_panic(expected = "the ninth")]
    fn what_goes_wrong_in_a_thread_goes_wrong_here() {
        let slow = |piece| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            assert!(piece != 9, "the ninth");
        };
        each(20, 4, &slow, &mut |_, _| {});
    }
}
