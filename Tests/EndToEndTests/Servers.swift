import Foundation
import MusterTestSupport

/// Real servers on loopback for one test: Postfix and Dovecot for mail, nginx for calendars.
///
/// All have certificates of a test authority. They end with the value.
final class Servers: Sendable {
    /// Every address of it has a mailbox.
    static let domain = "example.test"
    /// The password of each mailbox.
    static let password = "secret"

    let folder: TemporaryDirectory
    let ports: Ports
    private let processes: [Process]

    struct Ports: Sendable {
        let smtp: Int
        let submission: Int
        let smtps: Int
        let imaps: Int
        let https: Int
    }

    var authorities: String { folder.path + "/ca.crt" }
    var www: String { folder.path + "/www" }
    var httpsURL: String { "https://localhost:\(ports.https)" }

    /// Starts all of them and waits until each answers.
    init() throws {
        folder = try TemporaryDirectory()
        ports = try Self.freePorts()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try Self.makeCertificates(folder)
        var started: [Process] = []
        started.append(try Self.start("/usr/sbin/dovecot", ["-F", "-c", try Self.dovecot(folder, ports)], folder))
        started.append(
            try Self.start("/usr/sbin/postfix", ["-c", try Self.postfix(folder, ports), "start-fg"], folder))
        started.append(
            try Self.start(
                "/usr/sbin/nginx", ["-e", folder.path + "/nginx-errors", "-c", try Self.nginx(folder, ports)], folder))
        processes = started
        for port in [ports.imaps, ports.submission, ports.smtps, ports.https] { try Self.wait(for: port, folder) }
    }

    deinit {
        _ = try? Subprocess.run("/usr/sbin/postfix", ["-c", folder.path + "/postfix", "stop"])
        processes.forEach { $0.end() }
    }

    /// What `muster.yaml` says to have mails sent by it.
    func mail(port: Int, security: String) -> String {
        """
        mail:
          transport: smtp
          smtp: { host: localhost, port: \(port), security: \(security), user: reviews@example.test, password: "file:\(folder.path)/password", authorities: \(authorities) }
        calendars: { authorities: \(authorities), refresh-hours: 0 }
        """
    }

    // MARK: Starting

    private static func start(_ program: String, _ arguments: [String], _ folder: TemporaryDirectory) throws -> Process
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let log = folder.path + "/log-" + (program.split(separator: "/").last ?? "server")
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        return process
    }

    /// Waits until a port takes connections.
    private static func wait(for port: Int, _ folder: TemporaryDirectory) throws {
        do {
            try LoopbackPort.waitForAnswer(on: port)
        } catch {
            let names = folder.names(in: ".").filter { $0.hasPrefix("log-") || $0.hasPrefix("postfix-log") }
            let logs = names.map { name in
                name + ":\n" + ((try? String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)) ?? "")
            }
            throw Subprocess.Failure(description: "\(error)\n" + logs.joined(separator: "\n"))
        }
    }

    private static func freePorts() throws -> Ports {
        let ports = try LoopbackPort.free(5)
        return Ports(smtp: ports[0], submission: ports[1], smtps: ports[2], imaps: ports[3], https: ports[4])
    }

    static func makeCertificates(_ folder: TemporaryDirectory) throws {
        let script = """
            set -e; cd "$0"
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=test authority" -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.crt
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > names
            openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt -extfile names
            chmod 644 server.key
            """
        let result = try Subprocess.run("/bin/bash", ["-c", script, folder.path])
        guard result.status == 0 else { throw Subprocess.Failure(description: result.errors) }
    }

    // MARK: Configurations

    private static func dovecot(_ folder: TemporaryDirectory, _ ports: Ports) throws -> String {
        try FileManager.default.createDirectory(atPath: folder.path + "/mail", withIntermediateDirectories: true)
        _ = try Subprocess.run("/bin/chown", ["mail:mail", folder.path + "/mail"])
        return try folder.write(
            """
            protocols = imap lmtp
            listen = 127.0.0.1
            base_dir = \(folder.path)/dovecot-run
            state_dir = \(folder.path)/dovecot-state
            log_path = /dev/stderr
            ssl = yes
            ssl_cert = <\(folder.path)/server.crt
            ssl_key = <\(folder.path)/server.key
            auth_mechanisms = plain login
            auth_username_format = %Ln
            mail_location = maildir:~/Maildir
            first_valid_uid = 1
            postmaster_address = postmaster@\(domain)
            passdb {
              driver = static
              args = password=\(password)
            }
            userdb {
              driver = static
              args = uid=mail gid=mail home=\(folder.path)/mail/%n allow_all_users=yes
            }
            namespace inbox {
              inbox = yes
            }
            service auth {
              unix_listener \(folder.path)/auth {
                mode = 0666
              }
            }
            service lmtp {
              unix_listener \(folder.path)/lmtp {
                mode = 0666
              }
            }
            service imap-login {
              inet_listener imap {
                port = 0
              }
              inet_listener imaps {
                port = \(ports.imaps)
                ssl = yes
              }
            }
            """, to: "dovecot.conf")
    }

    private static func postfix(_ folder: TemporaryDirectory, _ ports: Ports) throws -> String {
        let path = folder.path
        for name in ["queue", "data"] {
            try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
        }
        _ = try Subprocess.run("/bin/chown", ["postfix", path + "/data"])
        try folder.write(
            """
            compatibility_level = 3.6
            queue_directory = \(path)/queue
            data_directory = \(path)/data
            maillog_file = \(path)/postfix-log
            maillog_file_prefixes = \(path)
            myhostname = mail.\(domain)
            mydestination =
            inet_interfaces = loopback-only
            inet_protocols = ipv4
            mynetworks = 127.0.0.1
            alias_maps =
            alias_database =
            biff = no
            virtual_mailbox_domains = \(domain)
            virtual_mailbox_maps = regexp:\(path)/postfix/everyone
            virtual_transport = lmtp:unix:\(path)/lmtp
            default_transport = error:5.7.1 this test server sends nothing away
            smtpd_tls_cert_file = \(path)/server.crt
            smtpd_tls_key_file = \(path)/server.key
            smtpd_tls_security_level = may
            smtpd_tls_auth_only = yes
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = \(path)/auth
            smtpd_sasl_local_domain = \(domain)
            smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
            smtpd_recipient_restrictions = check_recipient_access regexp:\(path)/postfix/faults
            """, to: "postfix/main.cf")
        try folder.write("/@\(domain)$/ ok\n", to: "postfix/everyone")
        try folder.write("/^nobody@/ 550 5.1.1 no such user\n/^full@/ 452 4.2.2 mailbox full\n", to: "postfix/faults")
        let login = "-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
        try folder.write(
            """
            127.0.0.1:\(ports.smtp) inet n - n - - smtpd
            127.0.0.1:\(ports.submission) inet n - n - - smtpd -o smtpd_tls_security_level=encrypt \(login)
            127.0.0.1:\(ports.smtps) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes \(login)
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            error unix - - n - - error
            retry unix - - n - - error
            lmtp unix - - n - - lmtp
            anvil unix - - n - 1 anvil
            postlog unix-dgram n - n - 1 postlogd

            """, to: "postfix/master.cf")
        return path + "/postfix"
    }

    private static func nginx(_ folder: TemporaryDirectory, _ ports: Ports) throws -> String {
        let path = folder.path
        try FileManager.default.createDirectory(atPath: path + "/www", withIntermediateDirectories: true)
        return try folder.write(
            """
            daemon off;
            worker_processes 1;
            pid \(path)/nginx-pid;
            events { worker_connections 64; }
            http {
              access_log \(path)/nginx-log;
              client_body_temp_path \(path)/t1; proxy_temp_path \(path)/t2; fastcgi_temp_path \(path)/t3; uwsgi_temp_path \(path)/t4; scgi_temp_path \(path)/t5;
              types { text/calendar ics; text/html html; }
              etag on;
              gzip on; gzip_types text/calendar; gzip_min_length 100;
              server {
                listen 127.0.0.1:\(ports.https) ssl;
                ssl_certificate \(path)/server.crt;
                ssl_certificate_key \(path)/server.key;
                root \(path)/www;
                location = /bomb.ics { gzip off; default_type text/calendar; add_header Content-Encoding gzip; }
                location = /forbidden.ics { return 403; }
                location = /loop.ics { return 302 /loop.ics; }
                location = /local.ics { return 302 file:///etc/passwd; }
                location = /moved.ics { return 302 /head.ics; }
              }
            }
            """, to: "nginx.conf")
    }
}
