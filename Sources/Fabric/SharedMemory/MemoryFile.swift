import CLinux
import Glibc
import OperatingSystem

/// A file in memory that one process makes and others of its host open.
struct MemoryFile {
    /// Says to others which file it is.
    struct Ticket: BitwiseCopyable {
        var process: Int32
        var descriptor: Int32
        /// Tells a file from another one that happens to have the same descriptor.
        var device: UInt64
        var inode: UInt64

        /// Of a file that could not be made.
        static let none = Ticket(process: -1, descriptor: -1, device: 0, inode: 0)
    }

    private let descriptor: Int32

    /// Makes a file; nil if there is no memory for it, or the system has no such files.
    init?(byteCount: Int) {
        // What is not there would be taken until the system ends a process.
        if let available = AvailableMemory.byteCount, byteCount > available { return nil }
        descriptor = linux_file_in_memory("fusion_bench")
        guard descriptor >= 0 else { return nil }
        // Memory that is missing is found out about here, and not by a signal when it is written to.
        guard posix_fallocate(descriptor, 0, max(1, byteCount)) == 0 else {
            Glibc.close(descriptor)
            return nil
        }
    }

    /// Opens the file of a ticket; nil if it cannot be reached from here.
    init?(_ ticket: Ticket) {
        guard ticket.process >= 0 else { return nil }
        descriptor = open("/proc/\(ticket.process)/fd/\(ticket.descriptor)", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard let own = self.ticket, own.device == ticket.device, own.inode == ticket.inode else {
            Glibc.close(descriptor)
            return nil
        }
    }

    /// The ticket of a file that this process made.
    var ticket: Ticket? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return Ticket(
            process: getpid(), descriptor: descriptor, device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// The file's bytes in memory; nil if there is no room for them.
    func mapped(byteCount: Int) -> UnsafeMutableRawBufferPointer? {
        let count = max(1, byteCount)
        guard let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), address != MAP_FAILED
        else { return nil }
        return UnsafeMutableRawBufferPointer(start: address, count: count)
    }

    /// Closes the file; what is mapped of it stays.
    func close() { Glibc.close(descriptor) }
}
