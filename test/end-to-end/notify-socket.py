# A NOTIFY_SOCKET for tests: prints each datagram as one line, with its newlines as spaces.
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(listener.recv(4096).decode().strip().replace("\n", " "), flush=True)
