import Foundation
import MusterTestSupport

/// A real systemd as the first process of namespaces of its own, on this machine's files with some laid over them.
///
/// Nothing that it writes reaches the machine. It shares the network, so servers on loopback are there. It ends with
/// the value.
final class RealSystemd {
    private let folder: TemporaryDirectory
    private let process = Process()
    private let pid: String

    /// Whether this machine lets us do that: it takes root, namespaces, an overlay and a cgroup.
    static let isPossible: Bool = {
        let attempt = """
            set -e; [ "$(id -u)" = 0 ]; [ -x /lib/systemd/systemd ]; group=/sys/fs/cgroup/unified
            [ -d $group ] || group=/sys/fs/cgroup
            mkdir $group/muster-probe && rmdir $group/muster-probe
            unshare --mount --pid --uts --ipc --cgroup --fork bash -ec '
              mkdir -p /tmp/muster-probe && mount -t tmpfs tmpfs /tmp/muster-probe && cd /tmp/muster-probe && mkdir upper work root
              mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root'
            """
        return (try? Subprocess.run("/bin/bash", ["-c", attempt]).status) == 0
    }()

    /// Boots it with these files, by their path from the root, laid over the machine's.
    init(_ files: [String: Data]) throws {
        folder = try TemporaryDirectory()
        for (path, data) in files { try folder.write(data, to: "tree" + path) }
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", Self.script, "-", folder.path]
        process.standardOutput = FileHandle(forWritingAtPath: try folder.write("", to: "console"))
        process.standardError = process.standardOutput
        try process.run()
        let name = "muster-systemd-\(URL(fileURLWithPath: folder.path).lastPathComponent)"
        var found = ""
        _ = try Patience.until {
            found = try Subprocess.run("/usr/bin/pgrep", ["-nf", "^\(name)"]).output
                .trimmingCharacters(in: .whitespacesAndNewlines)
            return !found.isEmpty
        }
        pid = found
        let isActive = try Patience.until { try run("systemctl", "is-active", "basic.target").output == "active\n" }
        guard isActive else { throw Subprocess.Failure(description: "systemd does not start\n" + console) }
    }

    deinit {
        _ = try? Subprocess.run("/bin/kill", ["-9", pid])
        process.waitUntilExit()
    }

    private var console: String { (try? String(contentsOfFile: folder.path + "/console", encoding: .utf8)) ?? "" }

    /// Runs a command in there.
    @discardableResult
    func run(_ command: String...) throws -> Subprocess.Result {
        let place = ["-t", pid, "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd=/"]
        return try Subprocess.run("/usr/bin/nsenter", place + command)
    }

    /// A property of a unit.
    func property(_ name: String, of unit: String) throws -> String {
        try run("systemctl", "show", "--value", "-p", name, unit).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Waits until a property is what it should be; returns what it is in the end.
    func wait(_ name: String, of unit: String, until isRight: (String) -> Bool) throws -> String {
        var value = ""
        _ = try Patience.until {
            value = try property(name, of: unit)
            return isRight(value)
        }
        return value
    }

    private static let script = """
        set -euo pipefail
        folder=$1
        group=/sys/fs/cgroup/unified/muster-$$
        [ -d /sys/fs/cgroup/unified ] || group=/sys/fs/cgroup/muster-$$
        mkdir -p "$group" && echo $$ >"$group/cgroup.procs"
        exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child --propagation private bash -ec '
        folder=$1 root=$1/root
        mkdir -p "$folder/layers" "$root"
        mount -t tmpfs tmpfs "$folder/layers" && mkdir "$folder/layers/upper" "$folder/layers/work"
        mount -t overlay overlay -o lowerdir=/,upperdir="$folder/layers/upper",workdir="$folder/layers/work" "$root"
        mount -t proc proc "$root/proc"
        mount -t sysfs sysfs "$root/sys"
        mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
        for d in run tmp dev; do mount -t tmpfs -o mode=$([ $d = tmp ] && echo 1777 || echo 755) tmpfs "$root/$d"; done
        mkdir "$root/dev/pts" "$root/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"; ln -s pts/ptmx "$root/dev/ptmx"
        for d in null zero full random urandom tty; do touch "$root/dev/$d"; mount --bind /dev/$d "$root/dev/$d"; done
        ln -s /proc/self/fd "$root/dev/fd"
        cp -r "$folder/tree/." "$root/"
        name=muster-systemd-$(basename "$folder")
        cd "$root"; mkdir -p .old; pivot_root . .old; cd /
        exec chroot . /bin/bash -c "umount -l /.old; mount --make-rshared /; exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb bash -c \\"exec -a $name /lib/systemd/systemd --log-target=console --unit=basic.target\\""
        ' - "$folder"
        """
}
