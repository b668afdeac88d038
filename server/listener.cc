#include "server/listener.h"

#include <chrono>

#include <boost/asio/post.hpp>

#include "server/client.h"
#include "types/error.h"

namespace gather::server {

using boost::asio::ip::tcp;

namespace {
constexpr int kBacklog = 4096;
constexpr auto kPauseAfterFailure = std::chrono::milliseconds(100);
}

Listener::Listener(boost::asio::io_context& context, ThreadSet& threads, executor::Instance& instance, const std::string& address, int port)
    : context_(context), threads_(threads), instance_(instance), strand_(boost::asio::make_strand(context)), acceptor_(strand_), pause_(strand_),
      startup_seconds_(static_cast<int>(instance.settings->GetInteger("authentication_timeout"))) {
  const std::string name = address == "localhost" ? "127.0.0.1" : address == "*" ? "0.0.0.0" : address;
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(name, error);
  const auto fail = [&](const std::string& what) {
    throw SqlError(sqlstate::kConnectionException, Format("could not %s %s:%d: %s", what.c_str(), address.c_str(), port, error.message().c_str()));
  };
  if (error) fail("parse listen address");
  const tcp::endpoint endpoint(ip, static_cast<unsigned short>(port));
  acceptor_.open(endpoint.protocol(), error);
  if (error) fail("create a socket for");
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  acceptor_.bind(endpoint, error);
  if (error) fail("bind to");
  acceptor_.listen(kBacklog, error);
  if (error) fail("listen on");
}

void Listener::Start() {
  boost::asio::post(strand_, [this] { Accept(); });
}

void Listener::Accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (!error) {
      boost::system::error_code ignored;
      const tcp::endpoint peer = socket.remote_endpoint(ignored);
      const int handle = socket.release(ignored);
      try {
        std::make_shared<Client>(context_, threads_, instance_, handle, peer.address().to_string(), peer.port())->Start(startup_seconds_);
      } catch (const std::exception& failure) {
        instance_.log("LOG", Format("could not serve a new connection: %s", failure.what()));
      }
    } else {
      instance_.log("LOG", "could not accept new connection: " + error.message());
      pause_.expires_after(kPauseAfterFailure);
      pause_.async_wait([this](const boost::system::error_code& stopped) {
        if (!stopped && acceptor_.is_open()) Accept();
      });
      return;
    }
    Accept();
  });
}

void Listener::Stop() {
  boost::asio::post(strand_, [this] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

}  // namespace gather::server
