# Reads certificates in PEM with Ruby's openssl: one line for each, the serial number or "-". Arguments: the files.
require 'openssl'

ARGV.each do |file|
  puts OpenSSL::X509::Certificate.new(File.binread(file)).serial.to_s(16)
rescue OpenSSL::X509::CertificateError
  puts '-'
end
