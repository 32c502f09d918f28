// SPDX-License-Identifier: GPL-2.0

//! What can be done with an open file of a character device.
//!
//! C header: [`include/linux/fs.h`](srctree/include/linux/fs.h)

use super::{
    CharDevice,
    Kind, //
};
use crate::poll::{
    Events,
    PollTable, //
};
use amp_bindings as bindings;
use kernel::{
    error::{
        from_result,
        VTABLE_DEFAULT_ERROR, //
    },
    ffi::{
        c_int,
        c_long,
        c_uint,
        c_ulong, //
    },
    fs::LocalFile,
    iov::{
        IovIterDest,
        IovIterSource, //
    },
    module::this_module,
    prelude::*,
    types::ForeignOwnable, //
};

/// What a file of the kind has of its own, as its operations get it.
type Borrowed<'a, T> = <<T as Operations>::File as ForeignOwnable>::Borrowed<'a>;

/// The operations on files of a character device, as [`kernel::miscdevice::MiscDevice`] has them.
///
/// All may sleep, and run on any thread, several at a time on one file. The module stays as long
/// as a file is open, and so does the device, registered or not.
#[vtable]
pub trait Operations: Sized + Send + Sync + 'static {
    /// What each open file has of its own; dropped when it is released.
    type File: ForeignOwnable + Send + Sync;

    /// Opens a file. The device may have been taken away just now.
    fn open(dev: &CharDevice<Self>, file: &LocalFile) -> Result<Self::File>
    where
        Self: Kind;

    /// Reads; returns how many bytes went to `to`.
    fn read(
        _this: Borrowed<'_, Self>,
        _file: &LocalFile,
        _to: &mut IovIterDest<'_>,
    ) -> Result<usize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Writes; returns how many bytes came from `from`.
    fn write(
        _this: Borrowed<'_, Self>,
        _file: &LocalFile,
        _from: &mut IovIterSource<'_>,
    ) -> Result<usize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Says what the file is ready for, after it has registered in `table` whatever will change
    /// that.
    fn poll<'file>(_this: Borrowed<'file, Self>, _table: &PollTable<'file>) -> Events {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Does what `cmd` says (see [`kernel::ioctl`]). What `arg` is depends on it: a number, or an
    /// address of the user.
    fn ioctl(
        _this: Borrowed<'_, Self>,
        _file: &LocalFile,
        _cmd: u32,
        _arg: usize,
    ) -> Result<isize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

/// The file of an operation.
///
/// # Safety
///
/// This must be called in a file operation, with the file that it got, for the length of the call.
unsafe fn local<'a>(file: *mut bindings::file) -> &'a LocalFile {
    // SAFETY: The file is valid for the call. The position of a character device's file is not
    // locked, but nobody uses it either.
    unsafe { LocalFile::from_raw_file(file) }
}

/// What `open` has made of the file.
///
/// # Safety
///
/// As [`local`]; the file must be one of `T`, and the result be used until it is released at most.
unsafe fn private<'a, T: Kind>(file: *mut bindings::file) -> Borrowed<'a, T> {
    // SAFETY: `open_callback` has stored this, and `release_callback` takes it when no other
    // operation runs any more.
    unsafe { T::File::borrow((*file).private_data) }
}

extern "C" fn open_callback<T: Kind>(
    inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: The inode of a character device that is opened has a valid cdev, which is that of a
    // `CharDevice<T>`: these operations belong to no other.
    let dev = unsafe { CharDevice::<T>::from_cdev(bindings::inode_cdev(inode)) };

    // SAFETY: This is the open operation.
    match T::open(dev, unsafe { local(file) }) {
        Ok(private) => {
            // SAFETY: As above, the field is ours.
            unsafe { (*file).private_data = private.into_foreign() };
            0
        }
        Err(error) => error.to_errno(),
    }
}

extern "C" fn release_callback<T: Kind>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: `open_callback` has stored this, and it is the last operation of the file.
    drop(unsafe { T::File::from_foreign((*file).private_data) });
    0
}

extern "C" fn read_callback<T: Kind>(
    kiocb: *mut bindings::kiocb,
    to: *mut bindings::iov_iter,
) -> isize {
    // SAFETY: The arguments are valid for the call, and `to` is a destination.
    let (this, file, to) = unsafe {
        let file = (*kiocb).ki_filp;
        (private::<T>(file), local(file), IovIterDest::from_raw(to))
    };

    // CAST: No more than a page cache's read, and errno values are small.
    from_result(|| Ok(T::read(this, file, to)? as isize))
}

extern "C" fn write_callback<T: Kind>(
    kiocb: *mut bindings::kiocb,
    from: *mut bindings::iov_iter,
) -> isize {
    // SAFETY: The arguments are valid for the call, and `from` is a source.
    let (this, file, from) = unsafe {
        let file = (*kiocb).ki_filp;
        (
            private::<T>(file),
            local(file),
            IovIterSource::from_raw(from),
        )
    };

    // CAST: As in `read_callback`.
    from_result(|| Ok(T::write(this, file, from)? as isize))
}

extern "C" fn poll_callback<T: Kind>(
    file: *mut bindings::file,
    table: *mut bindings::poll_table,
) -> bindings::__poll_t {
    // SAFETY: The arguments are valid for the call. What `private` gives is used until the release
    // of the file at most: `T::poll` works for any such time, and can keep it nowhere else.
    unsafe {
        let table = PollTable::from_raw(local(file), table);
        T::poll(private::<T>(file), &table).0
    }
}

extern "C" fn ioctl_callback<T: Kind>(
    file: *mut bindings::file,
    cmd: c_uint,
    arg: c_ulong,
) -> c_long {
    // SAFETY: The file is valid for the call.
    let (this, file) = unsafe { (private::<T>(file), local(file)) };

    match T::ioctl(this, file, cmd, arg) {
        // CAST: `long` has the size of a pointer.
        Ok(value) => value as c_long,
        Err(error) => error.to_errno() as c_long,
    }
}

/// The module that has the operations.
pub(super) fn owner<T: Kind>() -> *mut bindings::module {
    this_module::<<T as Operations>::OwnerModule>().as_ptr()
}

/// The operations of a kind.
pub(super) const fn table<T: Kind>() -> &'static bindings::file_operations {
    &Table::<T>::TABLE
}

struct Table<T>(core::marker::PhantomData<T>);

impl<T: Kind> Table<T> {
    const TABLE: bindings::file_operations = bindings::file_operations {
        owner: this_module::<<T as Operations>::OwnerModule>().as_ptr(),
        open: Some(open_callback::<T>),
        release: Some(release_callback::<T>),
        read_iter: if T::HAS_READ {
            Some(read_callback::<T>)
        } else {
            None
        },
        write_iter: if T::HAS_WRITE {
            Some(write_callback::<T>)
        } else {
            None
        },
        poll: if T::HAS_POLL {
            Some(poll_callback::<T>)
        } else {
            None
        },
        unlocked_ioctl: if T::HAS_IOCTL {
            Some(ioctl_callback::<T>)
        } else {
            None
        },
        // Arguments that are addresses are converted, the others are numbers in any case.
        #[cfg(CONFIG_COMPAT)]
        compat_ioctl: if T::HAS_IOCTL {
            bindings::compat_ptr_ioctl
        } else {
            None
        },
        ..pin_init::zeroed()
    };
}
